package dev.weft.management;

/**
 * What can be asked about a group. Operations return JSON, whose {@link #FORMAT} changes when a reader of the old form would
 * misunderstand the new one; further keys do not change it.
 *
 * <p>Any thread may call them but a loop's, which gets an {@link IllegalStateException}. They read what the loops write for
 * themselves, so they answer even if a loop hangs, and hold up no greenlet. Those that list greenlets cost about a microsecond for
 * each greenlet of the group.
 */
public interface GroupOperations {
    /** The version of the JSON form. */
    int FORMAT = 1;

    /** Returns the version of Weft that the program uses, such as {@code 1.4.0}. */
    String getVersion();

    /** Returns {@link #FORMAT} of that version. */
    int getFormat();

    /** Returns the loops: an array. */
    String loops();

    /**
     * Returns a snapshot of the group: its loops, its greenlets, what they wait for, verdicts and lints.
     *
     * @param filter words, all of which must occur in a greenlet's name, spawn site, wait, loop or state; {@code state:waiting},
     *     {@code loop:weft-0}, {@code site:Foo.java:12} and {@code kind:channel} match one of them; empty for all greenlets
     * @param limit the largest number of greenlets to list
     * @param stacks whether to add stacks, for the first hundred greenlets at most
     * @param aggregateAbove if more greenlets match, list none of them, only how many there are of each spawn site and wait
     */
    String snapshot(String filter, int limit, boolean stacks, int aggregateAbove);

    /**
     * Returns the next greenlets in the order of their IDs, for reading many of them page by page: an array, empty at the end.
     *
     * @param after the ID of the last greenlet of the page before; 0 for the first page
     * @param limit the largest number of greenlets to list
     * @param stacks whether to add stacks, each of which takes some microseconds
     */
    String page(String filter, long after, int limit, boolean stacks);

    /** Returns the greenlet {@code id} with its stack, what could end its wait, and its chain of spawners; {@code null} if it has ended. */
    String greenlet(long id);

    /** Returns the stack of the greenlet {@code id}, innermost frame first: an array, empty if it has ended. */
    String stack(long id);

    /** Returns the graph of who waits for whom, as far as {@code hops} edges from the greenlet {@code id}. */
    String around(long id, int hops);

    /** Returns the verdicts that stand now: an array. */
    String verdicts();

    /** Looks for greenlets that nothing alive can ever wake: an array of verdicts. Takes as long as a heap dump. */
    String leaks();

    /** Returns what looks wrong now: an array. */
    String lints();

    /** Checks the JVM, its flags and the machine as {@link dev.weft.Doctor} does: an array of findings. */
    String doctor();

    /**
     * Kills the greenlet {@code id}, as {@link dev.weft.Greenlet#kill(String)} does. Does not wait for its end.
     *
     * @return whether there was such a greenlet
     * @throws UnsupportedOperationException unless the program allows it; the message says how
     */
    boolean kill(long id, String reason);
}
