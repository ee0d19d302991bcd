package dev.weft.leak;

import dev.weft.diagnostics.Population;
import dev.weft.kernel.GreenletTask;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongArrayList;
import org.agrona.collections.LongHashSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds leaked greenlets, by the algorithm of Go's leak profile: mark from all roots except the stacks of waiting greenlets; a
 * greenlet turns out to be alive when what it waits for is reached; then mark from its stack too, until nothing changes. The rest
 * is leaked: nothing that will ever run can reach what they wait for.
 *
 * <p>It errs on the side of silence. What the runtime cannot look into counts as alive: waits with a time limit, for the outside,
 * for users' own awaitables, and those that cross loops. So does what is held by a stale variable of an interpreted frame. A
 * reference to the greenlet itself does not keep it alive, as a join is no help; a kill would be, which is for whoever reads the
 * report.
 */
public final class LeakSearch {
    private static final String SUSPECT = Suspect.class.getName();
    private static final List<String> ONLOOKERS = List.of( // they know what others wait for, and do not act
            "dev.weft.diagnostics.",
            "dev.weft.leak.",
            "dev.weft.lint.",
            "dev.weft.observe.",
            "dev.weft.Verdict",
            "dev.weft.spi.Owners");

    private final HeapDump dump;
    private final Map<Long, Entry> entries = new HashMap<>(); // by the number of the greenlet
    private final Long2ObjectHashMap<Entry> ofRecord =
            new Long2ObjectHashMap<>(); // by the greenlet's object, and by its thread's
    private final Long2ObjectHashMap<List<Entry>> awaiting = new Long2ObjectHashMap<>(); // by what they wait for
    private final Long2ObjectHashMap<LongArrayList> stacks =
            new Long2ObjectHashMap<>(); // of suspects, by their serial numbers
    private final LongHashSet marked = new LongHashSet();
    private final LongArrayList open = new LongArrayList();

    /** A suspect in the dump. */
    private static final class Entry {
        private final Suspect suspect;
        private final long greenlet;
        private final long thread;
        private boolean isAlive;

        Entry(Suspect suspect, long greenlet, long thread) {
            this.suspect = suspect;
            this.greenlet = greenlet;
            this.thread = thread;
        }
    }

    private LeakSearch(HeapDump dump) {
        this.dump = dump;
    }

    /**
     * Returns the leaked greenlets of {@code population}, by spawn site. Takes a heap dump: all threads stand still for about a
     * second a gigabyte, and as much space is needed for a temporary file.
     *
     * @throws UnsupportedOperationException if this JVM cannot take one
     */
    public static List<Leak> of(Population population) throws IOException {
        List<Suspect> suspects = new ArrayList<>();
        Set<GreenletTask<?>> seen = new HashSet<>();
        population.forEach(greenlet -> {
            Suspect suspect = seen.add(greenlet) ? suspect(greenlet) : null;
            if (suspect != null) {
                suspects.add(suspect);
            }
        });
        if (suspects.isEmpty()) {
            return List.of();
        }
        try (HeapDump dump = HeapDump.take()) {
            return Leak.bySite(new LeakSearch(dump).leaked(suspects));
        }
    }

    private static @Nullable Suspect suspect(GreenletTask<?> greenlet) {
        try {
            return Suspect.of(greenlet);
        } catch (RuntimeException changedMeanwhile) {
            return null;
        }
    }

    private List<GreenletTask<?>> leaked(List<Suspect> suspects) {
        Map<Long, Suspect> byId = new HashMap<>();
        suspects.forEach(suspect -> byId.put(suspect.id, suspect));
        dump.forEachOf(SUSPECT, object -> {
            Suspect suspect = byId.get(dump.number(object, "id"));
            if (suspect != null) {
                enter(suspect, object);
            }
        });
        markRoots();
        List<GreenletTask<?>> leaked = new ArrayList<>();
        entries.values().forEach(entry -> {
            if (!entry.isAlive && entry.suspect.isUnmoved()) {
                leaked.add(entry.suspect.greenlet);
            }
        });
        leaked.sort((one, other) -> Long.compare(one.id(), other.id()));
        return leaked;
    }

    private void enter(Suspect suspect, long object) {
        long greenlet = dump.reference(object, "greenlet");
        Entry entry = new Entry(suspect, greenlet, dump.reference(greenlet, "thread"));
        entries.put(suspect.id, entry);
        ofRecord.put(entry.greenlet, entry);
        ofRecord.put(entry.thread, entry);
        if (!suspect.joins()) {
            dump.forEachReference(
                    dump.reference(object, "awaited"),
                    awaited -> awaiting.computeIfAbsent(awaited, key -> new ArrayList<>())
                            .add(entry));
        }
        stacks.put(dump.serialOf(entry.thread), new LongArrayList());
    }

    private void markRoots() {
        dump.forEachRoot((object, thread) -> {
            LongArrayList stack = thread == 0 ? null : stacks.get(thread);
            if (stack != null) {
                stack.addLong(object);
            } else {
                mark(object);
            }
        });
        do {
            trace();
        } while (reviveJoiners());
    }

    private void mark(long object) {
        if (object != 0 && marked.add(object)) {
            open.addLong(object);
        }
    }

    private void trace() {
        while (!open.isEmpty()) {
            long object = open.removeAt(open.size() - 1);
            List<Entry> waiting = awaiting.get(object);
            if (waiting != null) {
                waiting.forEach(this::revive);
            }
            Entry record = ofRecord.get(object);
            if ((record == null || record.isAlive) && !looksOn(object)) {
                dump.forEachReference(object, this::mark);
            }
        }
    }

    private boolean looksOn(long object) {
        HeapDump.Type type = dump.typeOf(object);
        return type != null && ONLOOKERS.stream().anyMatch(type.name::startsWith);
    }

    /** What the suspect waits for can be reached, so it may run: marks what it holds. */
    private void revive(Entry entry) {
        if (entry.isAlive) {
            return;
        }
        entry.isAlive = true;
        long serial = dump.serialOf(entry.thread);
        LongArrayList stack = stacks.get(serial);
        if (serial != 0 && stack != null) {
            stack.forEachLong(this::mark);
        }
        for (long record : new long[] {entry.greenlet, entry.thread}) {
            marked.add(record);
            open.addLong(record);
        }
    }

    /** Revives those that join only greenlets that are alive; returns whether there were any. */
    private boolean reviveJoiners() {
        boolean found = false;
        for (Entry entry : entries.values()) {
            if (!entry.isAlive && entry.suspect.joins() && joinsTheLiving(entry)) {
                revive(entry);
                found = true;
            }
        }
        return found;
    }

    private boolean joinsTheLiving(Entry entry) {
        for (long id : entry.suspect.joined()) {
            Entry joined = entries.get(id);
            if (joined != null && !joined.isAlive) {
                return false;
            }
        }
        return true;
    }
}
