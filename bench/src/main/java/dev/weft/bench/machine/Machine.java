package dev.weft.bench.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine and the JVM that the figures come from. */
public record Machine(String cpu, int cores, String kernel, long memoryBytes, String jvm, String javaVersion) {
    /** Returns this machine and this JVM, which the child processes run on too. */
    public static Machine current() {
        return new Machine(
                valueOf(Path.of("/proc/cpuinfo"), "model name", System.getProperty("os.arch")),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                kilobytes(valueOf(Path.of("/proc/meminfo"), "MemTotal", "0 kB")) * 1024,
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                System.getProperty("java.version"));
    }

    private static long kilobytes(String text) {
        return Long.parseLong(text.replace("kB", "").strip());
    }

    private static String valueOf(Path file, String key, String otherwise) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(key))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(otherwise);
        } catch (IOException e) {
            return otherwise;
        }
    }
}
