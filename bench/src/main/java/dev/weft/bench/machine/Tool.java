package dev.weft.bench.machine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.List;
import java.util.Optional;

/** Programs that the machine may have. */
public final class Tool {
    private static final File NOTHING = new File("/dev/null");

    private Tool() {}

    /** What the command says first, on whichever output; empty if there is no such command or it fails. */
    public static Optional<String> firstLine(List<String> command) {
        try {
            return run(command).lines().findFirst();
        } catch (IOException absent) {
            return Optional.empty();
        }
    }

    /**
     * Runs the command and gives all that it said.
     *
     * @throws IOException if there is no such command, or it fails; the message has what it said
     */
    public static String run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(NOTHING))
                .start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        try {
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException(String.join(" ", command) + " failed with status " + status + ":\n" + said);
            }
            return said;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(String.join(" ", command));
        }
    }
}
