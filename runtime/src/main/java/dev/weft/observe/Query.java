package dev.weft.observe;

import dev.weft.kernel.GreenletTask;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * What a snapshot shall contain.
 *
 * @param filter words, all of which must occur in a greenlet's name, number, state, loop, spawn site or wait, whatever their case;
 *     {@code name:}, {@code id:}, {@code state:}, {@code loop:}, {@code site:}, {@code wait:} and {@code kind:} before a word
 *     restrict it to that field. Empty: all greenlets
 * @param limit how many greenlets are listed at the most, the oldest first
 * @param stacks whether the first hundred of them are listed with their stacks
 * @param aggregateAbove if more greenlets match than this, none are listed, and only their spawn sites are counted
 */
public record Query(String filter, int limit, boolean stacks, int aggregateAbove) {
    private static final int DEFAULT = 5_000;
    private static final Pattern BLANKS = Pattern.compile("\\s+");

    public Query {
        Objects.requireNonNull(filter, "filter");
        if (limit < 0) {
            throw new IllegalArgumentException("the limit must not be negative: " + limit);
        }
        if (aggregateAbove < 0) {
            throw new IllegalArgumentException("aggregateAbove must not be negative: " + aggregateAbove);
        }
    }

    /** All greenlets, up to 5,000; only their spawn sites if there are more. */
    public static Query all() {
        return new Query("", DEFAULT, false, DEFAULT);
    }

    public Query matching(String words) {
        return new Query(words, limit, stacks, aggregateAbove);
    }

    public Query atMost(int greenlets) {
        return new Query(filter, greenlets, stacks, aggregateAbove);
    }

    public Query withStacks() {
        return new Query(filter, limit, true, aggregateAbove);
    }

    public Query aggregatedAbove(int greenlets) {
        return new Query(filter, limit, stacks, greenlets);
    }

    /** As {@link #matches(GreenletSnapshot)}, without describing a greenlet for nothing. */
    boolean matches(Waits waits, GreenletTask<?> greenlet) {
        return filter.isBlank() || matches(waits.describe(greenlet, false));
    }

    boolean matches(GreenletSnapshot greenlet) {
        return filter.isBlank()
                || BLANKS.splitAsStream(filter.strip().toLowerCase(Locale.ROOT))
                        .allMatch(word -> matches(greenlet, word));
    }

    private static boolean matches(GreenletSnapshot greenlet, String word) {
        int colon = word.indexOf(':');
        String field = colon < 0 ? "" : word.substring(0, colon);
        String sought = word.substring(colon + 1);
        return switch (field) {
            case "name" -> contains(greenlet.name(), sought);
            case "id" -> Long.toString(greenlet.id()).equals(sought);
            case "state" -> contains(greenlet.state(), sought);
            case "loop" -> contains(greenlet.loop(), sought);
            case "site" -> contains(greenlet.spawnSite(), sought);
            case "wait" -> contains(greenlet.awaits().what(), sought);
            case "kind" -> greenlet.awaits().kind().equals(sought);
            default -> // a class and line, such as Foo.java:12, has a colon too
                contains(
                        greenlet.name()
                                + '\n'
                                + greenlet.id()
                                + '\n'
                                + greenlet.state()
                                + '\n'
                                + greenlet.loop()
                                + '\n'
                                + greenlet.spawnSite()
                                + '\n'
                                + greenlet.awaits().what(),
                        word);
        };
    }

    private static boolean contains(String text, String sought) {
        return text.toLowerCase(Locale.ROOT).contains(sought);
    }
}
