package dev.weft.kernel;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The places in somebody's code of which something has been reported, so that each is told once. There are as many as the
 * program has such lines. Belongs to the loop's thread.
 */
final class CallSites {
    private static final int FRAMES_TOLD = 16;
    private static final List<String> NOT_A_PLACE = List.of(
            "java.",
            "javax.",
            "jdk.",
            "sun.",
            "com.sun.",
            "dev.weft.kernel.",
            "dev.weft.lowlevel.",
            "dev.weft.io.net.");
    /** The classes that users call. */
    static final Set<String> FACES =
            Set.of("dev.weft.Weft", "dev.weft.Greenlet", "dev.weft.Loop", "dev.weft.LoopGroup");

    private final Set<StackTraceElement> told = new HashSet<>();

    /** Whether {@code place} has not been asked for yet. */
    boolean isNew(StackTraceElement place) {
        return told.add(place);
    }

    /** The first frame that is neither the JDK's nor the runtime's; for a body without one, where it was spawned. */
    static StackTraceElement of(StackTraceElement[] where, GreenletTask<?> greenlet) {
        for (StackTraceElement frame : where) {
            String type = frame.getClassName();
            if (!FACES.contains(type) && NOT_A_PLACE.stream().noneMatch(type::startsWith)) {
                return frame;
            }
        }
        return greenlet.spawnSite();
    }

    /** All frames, for a message of what is far down. */
    static List<StackTraceElement> whole(StackTraceElement[] where) {
        return Arrays.asList(where);
    }

    /** The upper frames, for a message. */
    static List<StackTraceElement> excerpt(StackTraceElement[] where) {
        return Arrays.asList(where).subList(0, Math.min(where.length, FRAMES_TOLD));
    }
}
