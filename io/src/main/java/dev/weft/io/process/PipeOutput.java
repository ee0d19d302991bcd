package dev.weft.io.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * The standard input of a {@link ChildProcess}, as a stream and a channel. Writes suspend the greenlet while the pipe is full.
 * Unbuffered. If the child has ended or has closed its input, a write throws an {@link IOException} ({@code Broken pipe}). Close
 * it to signal the end of the input to the child.
 *
 * <p>Must be used by one greenlet of the child's loop at a time; a second one gets {@link dev.weft.Busy}. A write that is killed
 * while waiting may have written part of its bytes.
 */
public abstract sealed class PipeOutput extends OutputStream implements WritableByteChannel
        permits SelectedPipeOutput, OffloadedPipeOutput {
    private final String description;

    PipeOutput(String description) {
        this.description = description;
    }

    /**
     * Writes all remaining bytes of {@code source}, waiting while the child does not keep up. Returns the number of bytes
     * written.
     */
    @Override
    public abstract int write(ByteBuffer source) throws IOException;

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        write(ByteBuffer.wrap(bytes, offset, length));
    }

    /** Closes this end. The child sees the end of the input when it has drained the pipe. Any thread; never waits. */
    @Override
    public abstract void close();

    @Override
    public String toString() {
        return description;
    }
}
