package dev.weft;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a main class in a JVM of its own, for what can be tried only once in a JVM, or must be able to break one. */
public final class ChildJvm {
    public static final String FLAG = "--add-opens=java.base/java.lang=ALL-UNNAMED";
    public static final String GENERATOR_FLAG = "--add-exports=java.base/jdk.internal.vm=ALL-UNNAMED";

    private static final int KILLED = 128 + 9;

    /** What became of it. */
    public record Result(int exitCode, String output) {
        public List<String> lines() {
            return output.lines().toList();
        }
    }

    private ChildJvm() {}

    public static Result run(Class<?> main, String... flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        CompletableFuture.delayedExecutor(50, TimeUnit.SECONDS).execute(process::destroyForcibly);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() == KILLED) {
            throw new AssertionError("killed after 50 s: " + command + "\n" + output);
        }
        return new Result(process.exitValue(), output);
    }
}
