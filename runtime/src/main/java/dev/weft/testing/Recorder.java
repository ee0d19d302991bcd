package dev.weft.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A record of events, in order, to be compared with the expected ones. Any thread may add. */
public final class Recorder {
    private final List<Object> events = Collections.synchronizedList(new ArrayList<>());

    /** Creates an empty record. */
    public Recorder() {}

    /** Adds an event. */
    public void add(Object event) {
        events.add(event);
    }

    /** Returns a copy of the events so far. */
    public List<Object> events() {
        synchronized (events) {
            return List.copyOf(events);
        }
    }

    /**
     * Compares the record with {@code expected} and clears it.
     *
     * @throws AssertionError if they differ; the message shows both
     */
    public void assertHappened(Object... expected) {
        List<Object> actual = events();
        events.clear();
        if (!actual.equals(List.of(expected))) {
            throw new AssertionError("expected " + List.of(expected) + " but got " + actual);
        }
    }

    @Override
    public String toString() {
        return events().toString();
    }
}
