package dev.weft.io.process;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The result of a process that was {@linkplain ChildProcess#run run} to its end: its exit status and its output.
 * Immutable.
 */
public final class CompletedProcess {
    private static final int ERRORS_SHOWN = 500;

    private final List<String> command;
    private final int status;
    private final byte[] output;
    private final byte[] errors;

    CompletedProcess(List<String> command, int status, byte[] output, byte[] errors) {
        this.command = command;
        this.status = status;
        this.output = output;
        this.errors = errors;
    }

    /** The exit status; 128 plus the number of the signal if one has ended it. */
    public int status() {
        return status;
    }

    /** What it wrote to standard output, decoded as UTF-8. */
    public String output() {
        return output(StandardCharsets.UTF_8);
    }

    /** As {@link #output()}, decoded as {@code charset}. */
    public String output(Charset charset) {
        return new String(output, charset);
    }

    /** What it wrote to standard output; a copy. */
    public byte[] outputBytes() {
        return output.clone();
    }

    /** What it wrote to standard error, decoded as UTF-8; empty if that was redirected. */
    public String errors() {
        return new String(errors, StandardCharsets.UTF_8);
    }

    /**
     * This, if the status is zero.
     *
     * @throws IOException if it is not; the message has the command, the status, and the end of standard error
     */
    public CompletedProcess orThrow() throws IOException {
        if (status != 0) {
            String said = errors().strip();
            throw new IOException(String.join(" ", command) + " ended with status " + status
                    + (said.isEmpty() ? "" : ": " + said.substring(Math.max(0, said.length() - ERRORS_SHOWN))));
        }
        return this;
    }

    @Override
    public String toString() {
        return String.join(" ", command) + " (status " + status + ", " + output.length + " bytes)";
    }
}
