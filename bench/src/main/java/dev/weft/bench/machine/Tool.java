package dev.weft.bench.machine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;

/** Runs external programs, which may not be installed. */
public final class Tool {
    private static final File NOTHING = new File("/dev/null");

    private Tool() {}

    /** Returns the first line of the command's output or error output; empty if it does not exist or fails. */
    public static Optional<String> firstLine(List<String> command) {
        try {
            return run(command).lines().findFirst();
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    /**
     * Runs the command and returns its combined output.
     *
     * @throws IOException if the command does not exist or fails; the message includes its output
     */
    public static String run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(NOTHING))
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        try {
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException(String.join(" ", command) + " failed with status " + status + ":\n" + output);
            }
            return output;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(String.join(" ", command));
        }
    }
}
