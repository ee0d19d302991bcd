package dev.weft.diagnostics;

import dev.weft.jdk.Frames;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import java.util.Iterator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Determines where greenlets are spawned, cheaply. A stack walk costs three times as much as the spawn itself; but a body's
 * class (each lambda has its own) is nearly always spawned from the same place. So if the first 16 spawns of a class came from
 * one place, the walk is skipped, except for every 256th spawn, which checks that this still holds. If it does not, each spawn
 * of that class walks.
 */
public final class SpawnSites {
    private static final int AGREEMENTS = 16;
    private static final int RECHECK = 256;
    static final StackTraceElement UNKNOWN = new StackTraceElement("unknown", "unknown", null, -1);

    private static final Set<String> SPAWNING_FOR_OTHERS = ConcurrentHashMap.newKeySet();

    private static boolean hasWalked; // a race is harmless

    /** The record of one class of bodies. Loop's thread only. */
    private static final class History {
        @Nullable StackTraceElement place;

        int agreements;
        int uses;
        boolean mixed;

        boolean isSettled() {
            return !mixed && agreements >= AGREEMENTS && ++uses % RECHECK != 0;
        }

        void saw(StackTraceElement here) {
            if (place == null) {
                place = here;
            } else if (place.equals(here)) {
                agreements++;
            } else {
                mixed = true;
            }
        }
    }

    private final ClassValue<History> histories = new ClassValue<>() {
        @Override
        protected History computeValue(Class<?> type) {
            return new History();
        }
    };

    /** Declares that frames of {@code type}, and of the classes nested in it, are not spawn sites. */
    public static void spawnsForOthers(Class<?> type) {
        SPAWNING_FOR_OTHERS.add(type.getName());
    }

    /** Returns the spawn site of a body written as {@code bodyClass}, on the thread of {@code loop}. */
    public StackTraceElement onLoop(EventLoop loop, Class<?> bodyClass) {
        History history = histories.get(bodyClass);
        if (history.isSettled() && history.place != null) {
            return history.place;
        }
        StackTraceElement here = exact(loop);
        history.saw(here);
        return here;
    }

    /**
     * Returns the exact spawn site: the first frame that is neither Weft's nor an executor's. A greenlet without such a frame,
     * such as the one that accepts a server's connections, uses its own spawn site. {@code loop} is the caller's.
     */
    public static StackTraceElement exact(@Nullable EventLoop loop) {
        StackTraceElement here = onStack();
        GreenletTask<?> spawner = here == UNKNOWN && loop != null ? loop.running() : null;
        return spawner == null ? here : spawner.spawnSite();
    }

    private static StackTraceElement onStack() {
        if (hasWalked) {
            return Walk.WALKER.walk(Walk.TO_CALLER);
        }
        hasWalked = true; // not with a walker, whose class loading would cost the first greenlet some milliseconds
        for (StackTraceElement frame : new Throwable().getStackTrace()) {
            if (!isOurs(frame.getClassName())) {
                return frame;
            }
        }
        return UNKNOWN;
    }

    /** Finds the spawn site by a walker, from the second spawn on. */
    private static final class Walk implements Function<Stream<StackWalker.StackFrame>, StackTraceElement> {
        static final StackWalker WALKER = StackWalker.getInstance();
        static final Walk TO_CALLER = new Walk();

        @Override
        public StackTraceElement apply(Stream<StackWalker.StackFrame> frames) {
            for (Iterator<StackWalker.StackFrame> each = frames.iterator(); each.hasNext(); ) {
                StackWalker.StackFrame frame = each.next();
                if (!isOurs(frame.getClassName())) {
                    return frame.toStackTraceElement();
                }
            }
            return UNKNOWN;
        }
    }

    private static boolean isOurs(String type) {
        return Frames.isOfRuntime(type)
                || type.startsWith("java.")
                || type.startsWith("jdk.internal.reflect.")
                || SPAWNING_FOR_OTHERS.contains(outermost(type));
    }

    private static String outermost(String type) {
        int inner = type.indexOf('$');
        return inner < 0 ? type : type.substring(0, inner);
    }
}
