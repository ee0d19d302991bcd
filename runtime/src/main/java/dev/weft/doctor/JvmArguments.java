package dev.weft.doctor;

import java.lang.management.ManagementFactory;
import java.util.List;

/** What the JVM was started with. */
final class JvmArguments {
    private JvmArguments() {}

    /**
     * The arguments for the JVM, also those from the environment and from files of arguments. Without the module {@code
     * java.management} those of the command line, together with the program's own.
     */
    static List<String> all() {
        try {
            return Management.arguments();
        } catch (LinkageError none) {
            return List.of(ProcessHandle.current().info().arguments().orElse(new String[0]));
        }
    }

    /** The name of the collector; empty without the module {@code java.management}. */
    static String collector() {
        try {
            return Management.collector();
        } catch (LinkageError none) {
            return "";
        }
    }

    /** Loaded apart, as the module may be missing. */
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
