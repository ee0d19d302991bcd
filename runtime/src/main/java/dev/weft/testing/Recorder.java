package dev.weft.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A list of what happened, in order, to be compared with what should have. Any thread may add. */
public final class Recorder {
    private final List<Object> events = Collections.synchronizedList(new ArrayList<>());

    /** An empty record. */
    public Recorder() {}

    /** Adds an event. */
    public void add(Object event) {
        events.add(event);
    }

    /** What was recorded so far. */
    public List<Object> events() {
        synchronized (events) {
            return List.copyOf(events);
        }
    }

    /**
     * Compares the record with {@code expected}, and empties it.
     *
     * @throws AssertionError if they differ; the message gives both
     */
    public void assertHappened(Object... expected) {
        List<Object> actual = events();
        events.clear();
        if (!actual.equals(List.of(expected))) {
            throw new AssertionError("expected " + List.of(expected) + " but this happened: " + actual);
        }
    }

    @Override
    public String toString() {
        return events().toString();
    }
}
