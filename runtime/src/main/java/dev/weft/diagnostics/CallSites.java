package dev.weft.diagnostics;

import dev.weft.jdk.Frames;
import dev.weft.kernel.GreenletTask;
import java.util.HashSet;
import java.util.Set;

/**
 * The places in users' code that have been reported, so that each is reported once. There are at most as many as the program
 * has such lines. Belongs to the loop's thread; static methods may be called by any thread.
 */
final class CallSites {
    private final Set<StackTraceElement> told = new HashSet<>();

    /** Returns whether this is the first call for {@code place}. */
    boolean isNew(StackTraceElement place) {
        return told.add(place);
    }

    /** Returns the first frame of users' code; if there is none, the place where the greenlet was spawned. */
    static StackTraceElement of(StackTraceElement[] where, GreenletTask<?> greenlet) {
        int place = Frames.indexOf(where);
        return place < 0 ? greenlet.spawnSite() : where[place];
    }
}
