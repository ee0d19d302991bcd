package dev.weft.kernel;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The places in somebody's code of which something has been reported, so that each is told once. There are as many as the
 * program has such lines. Belongs to the loop's thread; what is static is for any.
 */
final class CallSites {
    private static final List<String> OF_THE_JDK = List.of("java.", "javax.", "jdk.", "sun.", "com.sun.");
    private static final List<String> OF_THE_RUNTIME =
            List.of("dev.weft.kernel.", "dev.weft.lowlevel.", "dev.weft.io.javanet.");
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
        int place = indexOf(where);
        return place < 0 ? greenlet.spawnSite() : where[place];
    }

    /** Where in the stack {@code where} the first frame is that is neither the JDK's nor the runtime's; -1 if there is none. */
    static int indexOf(StackTraceElement[] where) {
        for (int i = 0; i < where.length; i++) {
            if (!isInside(where[i])) {
                return i;
            }
        }
        return -1;
    }

    /** What a body without a frame of its own has called; null if it is not in the JDK. */
    static @Nullable StackTraceElement outermostOfTheJdk(StackTraceElement[] where) {
        StackTraceElement outermost = null;
        for (StackTraceElement frame : where) {
            if (!startsWithOneOf(OF_THE_JDK, frame.getClassName())) {
                break;
            }
            outermost = frame;
        }
        return outermost;
    }

    /** Whether {@code frame} is the JDK's or the runtime's. */
    static boolean isInside(StackTraceElement frame) {
        String type = frame.getClassName();
        return FACES.contains(type) || startsWithOneOf(OF_THE_JDK, type) || startsWithOneOf(OF_THE_RUNTIME, type);
    }

    private static boolean startsWithOneOf(List<String> beginnings, String type) {
        for (String beginning : beginnings) {
            if (type.startsWith(beginning)) {
                return true;
            }
        }
        return false;
    }

    /** The name of {@code type}, without the address that the JDK gives to a hidden class. */
    static String nameOf(Class<?> type) {
        String name = type.getName();
        int address = name.indexOf('/');
        return address < 0 ? name : name.substring(0, address);
    }
}
