package dev.weft.jdk;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Tells whether a stack frame is the JDK's, Weft's, or users' code. Any thread. */
public final class Frames {
    private static final List<String> OF_THE_JDK = List.of("java.", "javax.", "jdk.", "sun.", "com.sun.");
    private static final Set<String> OF_THE_RUNTIME = ConcurrentHashMap.newKeySet(); // packages

    /** The classes that users call; those of packages which tests and users' code share names with, one by one. */
    private static final Set<String> FACES = Set.of(
            "dev.weft.Greenlet",
            "dev.weft.Loop",
            "dev.weft.LoopGroup",
            "dev.weft.Weft",
            "dev.weft.sync.BlockedThread",
            "dev.weft.sync.CallAtHome",
            "dev.weft.sync.Channel",
            "dev.weft.sync.ChannelIterator",
            "dev.weft.sync.CrossLoopAwaitable",
            "dev.weft.sync.DagPool",
            "dev.weft.sync.DagResults",
            "dev.weft.sync.Event",
            "dev.weft.sync.Limiter",
            "dev.weft.sync.Pool",
            "dev.weft.sync.PoolResults",
            "dev.weft.sync.Producer",
            "dev.weft.sync.RateLimiter",
            "dev.weft.sync.RemoteWaits",
            "dev.weft.sync.ResourcePool",
            "dev.weft.sync.Select",
            "dev.weft.sync.Subscription",
            "dev.weft.sync.Watcher",
            "dev.weft.time.Retry",
            "dev.weft.time.Ticker");

    static {
        for (String inner : List.of(
                "access",
                "diagnostics",
                "jdk",
                "kernel",
                "leak",
                "lint",
                "log",
                "loop",
                "lowlevel",
                "observe",
                "offload",
                "recording",
                "scheduler",
                "spi")) {
            OF_THE_RUNTIME.add("dev.weft." + inner);
        }
    }

    private Frames() {}

    /** Declares that frames of {@code packageName} are Weft's. */
    public static void belongToRuntime(String packageName) {
        OF_THE_RUNTIME.add(packageName);
    }

    /** Returns whether the class called {@code type} is Weft's: one that users call, or an internal one. */
    public static boolean isOfRuntime(String type) {
        return FACES.contains(type) || OF_THE_RUNTIME.contains(packageOf(type));
    }

    /** Returns the index in {@code where} of the first frame that is neither the JDK's nor Weft's; -1 if there is none. */
    public static int indexOf(StackTraceElement[] where) {
        for (int i = 0; i < where.length; i++) {
            if (!isInside(where[i])) {
                return i;
            }
        }
        return -1;
    }

    /** Returns what a body without a frame of its own has called; null if that is not in the JDK. */
    public static @Nullable StackTraceElement outermostOfTheJdk(StackTraceElement[] where) {
        StackTraceElement outermost = null;
        for (StackTraceElement frame : where) {
            if (!isOfTheJdk(frame.getClassName())) {
                break;
            }
            outermost = frame;
        }
        return outermost;
    }

    /** Returns whether {@code frame} is the JDK's or Weft's. */
    public static boolean isInside(StackTraceElement frame) {
        String type = frame.getClassName();
        return isOfTheJdk(type) || isOfRuntime(type);
    }

    private static boolean isOfTheJdk(String type) {
        for (String beginning : OF_THE_JDK) {
            if (type.startsWith(beginning)) {
                return true;
            }
        }
        return false;
    }

    private static String packageOf(String type) {
        return type.substring(0, Math.max(0, type.lastIndexOf('.')));
    }

    /** Returns the name of {@code type}, without the address that the JDK appends for a hidden class. */
    public static String nameOf(Class<?> type) {
        String name = type.getName();
        int address = name.indexOf('/');
        return address < 0 ? name : name.substring(0, address);
    }
}
