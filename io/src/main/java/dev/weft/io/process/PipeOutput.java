package dev.weft.io.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * What a {@link ChildProcess} reads: a stream and a channel whose writes yield while the pipe is full. Unbuffered. When
 * the child has gone, or has closed its input, a write throws an {@link IOException} ({@code Broken pipe}). Close it to
 * let the child see the end.
 *
 * <p>For greenlets of the child's loop, one at a time; a second one gets {@link dev.weft.Busy}. A write that is killed
 * while waiting may have been done in part.
 */
public abstract sealed class PipeOutput extends OutputStream implements WritableByteChannel
        permits SelectedPipeOutput, OffloadedPipeOutput {
    private final String description;

    PipeOutput(String description) {
        this.description = description;
    }

    /** Writes all that remains in {@code source}, waiting whenever the child does not keep up. Returns how many bytes. */
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

    /** Closes it: when the child has read what there is, it sees the end. Any thread; never waits. */
    @Override
    public abstract void close();

    @Override
    public String toString() {
        return description;
    }
}
