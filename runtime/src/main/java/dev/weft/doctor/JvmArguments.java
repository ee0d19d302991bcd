package dev.weft.doctor;

import java.lang.management.ManagementFactory;
import java.util.List;

/** The arguments with which the JVM was started. */
final class JvmArguments {
    private JvmArguments() {}

    /**
     * Returns the JVM's arguments, including those from the environment and from argument files. Without the module {@code
     * java.management}, returns those of the command line, together with the program's own.
     */
    static List<String> all() {
        try {
            return Management.arguments();
        } catch (LinkageError none) {
            return List.of(ProcessHandle.current().info().arguments().orElse(new String[0]));
        }
    }

    /** Returns the name of the garbage collector; empty without the module {@code java.management}. */
    static String collector() {
        try {
            return Management.collector();
        } catch (LinkageError none) {
            return "";
        }
    }

    /** Loaded separately, as the module may be missing. */
    private static final class Management {
        static List<String> arguments() {
            return ManagementFactory.getRuntimeMXBean().getInputArguments();
        }

        static String collector() {
            String bean =
                    ManagementFactory.getGarbageCollectorMXBeans().getFirst().getName();
            String word = bean.split(" ", 2)[0];
            return switch (word) {
                case "PS" -> "Parallel";
                case "Copy", "MarkSweepCompact" -> "Serial";
                default -> word; // G1, ZGC, Shenandoah
            };
        }
    }
}
