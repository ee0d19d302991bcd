package dev.weft.io.process;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a process that was {@linkplain ChildProcess#run run} to its end has left: its exit status, and what it wrote. */
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

    /** Its exit status; 128 and a number if a signal has ended it. */
    public int status() {
        return status;
    }

    /** What it wrote to its standard output, as text in UTF-8. */
    public String output() {
        return output(StandardCharsets.UTF_8);
    }

    /** As {@link #output()}, in {@code charset}. */
    public String output(Charset charset) {
        return new String(output, charset);
    }

    /** What it wrote to its standard output. */
    public byte[] outputBytes() {
        return output.clone();
    }

    /** What it wrote to its standard error, as text in UTF-8; empty if that was redirected. */
    public String errors() {
        return new String(errors, StandardCharsets.UTF_8);
    }

    /**
     * This, if its status is zero.
     *
     * @throws IOException if it is not; the message gives the command, the status, and the end of what it wrote to its
     *     standard error
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
