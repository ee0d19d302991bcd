package dev.weft.io.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * The standard input of a {@link ChildProcess}, as a stream and a channel whose writes yield while the pipe is full.
 * Unbuffered. When the child has ended, or has closed its input, a write throws an {@link IOException} ({@code Broken
 * pipe}). Close it to signal the end to the child.
 *
 * <p>For greenlets of the child's loop, one at a time; a second one gets {@link dev.weft.Busy}. A write that is killed
 * while it waits may be done in part.
 */
public abstract sealed class PipeOutput extends OutputStream implements WritableByteChannel
        permits SelectedPipeOutput, OffloadedPipeOutput {
    private final String description;

    PipeOutput(String description) {
        this.description = description;
    }

    /**
     * Writes all that remains in {@code source}, waiting while the child does not keep up. Returns the number of bytes.
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

    /** Closes it: the child sees the end when it has read what is in the pipe. Any thread; never waits. */
    @Override
    public abstract void close();

    @Override
    public String toString() {
        return description;
    }
}
