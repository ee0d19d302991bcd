package dev.weft.jdk;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Whose code a frame of a stack is: the JDK's, the runtime's, or that of those who use it. Any thread. */
public final class Frames {
    private static final List<String> OF_THE_JDK = List.of("java.", "javax.", "jdk.", "sun.", "com.sun.");
    private static final Set<String> OF_THE_RUNTIME = ConcurrentHashMap.newKeySet(); // packages

    /** The classes that users call. */
    private static final Set<String> FACES =
            Set.of("dev.weft.Weft", "dev.weft.Greenlet", "dev.weft.Loop", "dev.weft.LoopGroup");

    static {
        for (String inner :
                List.of("diagnostics", "jdk", "kernel", "log", "loop", "lowlevel", "offload", "scheduler")) {
            OF_THE_RUNTIME.add("dev.weft." + inner);
        }
    }

    private Frames() {}

    /** The frames of {@code packageName} are the runtime's. */
    public static void belongToRuntime(String packageName) {
        OF_THE_RUNTIME.add(packageName);
    }

    /** Whether the class called {@code type} is the runtime's: one that users call, or one behind those. */
    public static boolean isOfRuntime(String type) {
        return FACES.contains(type) || OF_THE_RUNTIME.contains(packageOf(type));
    }

    /** Where in the stack {@code where} the first frame is that is neither the JDK's nor the runtime's; -1 if there is none. */
    public static int indexOf(StackTraceElement[] where) {
        for (int i = 0; i < where.length; i++) {
            if (!isInside(where[i])) {
                return i;
            }
        }
        return -1;
    }

    /** What a body without a frame of its own has called; null if it is not in the JDK. */
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

    /** Whether {@code frame} is the JDK's or the runtime's. */
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

    /** The name of {@code type}, without the address that the JDK gives to a hidden class. */
    public static String nameOf(Class<?> type) {
        String name = type.getName();
        int address = name.indexOf('/');
        return address < 0 ? name : name.substring(0, address);
    }
}
