package dev.weft.io.process;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The result of a process that was {@linkplain ChildProcess#run run} to completion: its exit status and output. Immutable.
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

    /** Returns the exit status, or 128 plus the signal number if a signal ended the process. */
    public int status() {
        return status;
    }

    /** Returns the standard output, decoded as UTF-8. */
    public String output() {
        return output(StandardCharsets.UTF_8);
    }

    /** Returns the standard output, decoded as {@code charset}. */
    public String output(Charset charset) {
        return new String(output, charset);
    }

    /** Returns a copy of the bytes of the standard output. */
    public byte[] outputBytes() {
        return output.clone();
    }

    /** Returns the standard error, decoded as UTF-8; empty if it was redirected. */
    public String errors() {
        return new String(errors, StandardCharsets.UTF_8);
    }

    /**
     * Returns this object if the status is zero.
     *
     * @throws IOException if it is not; the message contains the command, the status and the end of standard error
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
