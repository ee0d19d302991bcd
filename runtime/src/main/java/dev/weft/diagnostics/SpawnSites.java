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
 * Tells where greenlets are spawned, at a price that a spawn can bear. Walking the stack costs three times as much as the
 * spawn itself; but a body's class (a lambda has one of its own) is nearly always spawned from one place. So the walk is
 * left out for a class whose first 16 spawns all came from one place, but for every 256th, which looks whether that still
 * holds. Where it does not, each spawn of that class walks.
 */
public final class SpawnSites {
    private static final int AGREEMENTS = 16;
    private static final int RECHECK = 256;
    static final StackTraceElement UNKNOWN = new StackTraceElement("unknown", "unknown", null, -1);

    private static final Set<String> SPAWNING_FOR_OTHERS = ConcurrentHashMap.newKeySet();

    private static boolean hasWalked; // by several threads at once is all the same

    /** What is known of one class of bodies. Touched by the loop's thread alone. */
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

    /** The frames of {@code type}, and of the classes within it, are not where greenlets are spawned. */
    public static void spawnsForOthers(Class<?> type) {
        SPAWNING_FOR_OTHERS.add(type.getName());
    }

    /** The caller's place, for a body written as {@code bodyClass}, on the thread of {@code loop}. */
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
     * The caller's place: the first frame that is neither the runtime's nor an executor's. A greenlet that has none, such as
     * the one that accepts a server's connections, spawns where it was spawned itself. {@code loop} is the caller's.
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
        hasWalked = true; // what a walker loads and links would cost the first greenlet some milliseconds
        for (StackTraceElement frame : new Throwable().getStackTrace()) {
            if (!isOurs(frame.getClassName())) {
                return frame;
            }
        }
        return UNKNOWN;
    }

    /** How the later ones are found. */
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
