package dev.weft.io.process;

import dev.weft.Awaitable;
import dev.weft.io.Lines;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * The standard output or standard error of a {@link ChildProcess}, as a stream and a channel. Reads suspend the greenlet until
 * bytes are available. Unbuffered: unread bytes stay in the operating system's pipe, and the child blocks when the pipe is full.
 *
 * <p>Must be used by one greenlet of the child's loop at a time; a second one gets {@link dev.weft.Busy}. A greenlet that is
 * killed or reaches its deadline while waiting has consumed nothing.
 */
public abstract sealed class PipeInput extends InputStream implements ReadableByteChannel
        permits SelectedPipeInput, PumpedPipeInput, EmptyPipeInput {
    private static final int FIRST_SIZE = 4 * 1024;

    private final String description;

    PipeInput(String description) {
        this.description = description;
    }

    /** Reads the available bytes, waiting until there are some. Returns the number of bytes read, or -1 at the end. */
    @Override
    public abstract int read(ByteBuffer target) throws IOException;

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return read(ByteBuffer.wrap(bytes, offset, length));
    }

    /** Returns an awaitable, for example for a select, that completes when bytes are available or the end is reached. */
    public abstract Awaitable.Checked<@Nullable Void, IOException> readable();

    /** Returns the lines, decoded as UTF-8. For other charsets see {@link Lines#of(InputStream, java.nio.charset.Charset)}. */
    public Lines lines() {
        return Lines.of(this);
    }

    /**
     * Reads all bytes up to the end.
     *
     * @throws IOException if there are more than {@code limit} bytes
     */
    byte[] collect(int limit) throws IOException {
        ByteArrayOutputStream collected = new ByteArrayOutputStream();
        byte[] chunk = new byte[FIRST_SIZE];
        int count;
        while ((count = read(chunk)) >= 0) {
            if (collected.size() + count > limit) {
                throw new IOException(this + " has more than " + limit
                        + " bytes; raise the limit, or start the process and read its output incrementally");
            }
            collected.write(chunk, 0, count);
            if (count == chunk.length && chunk.length < 16 * FIRST_SIZE) {
                chunk = new byte[2 * chunk.length];
            }
        }
        return collected.toByteArray();
    }

    /**
     * Closes this end. The child's next write fails, and a waiting greenlet gets an exception. Any thread; never waits.
     */
    @Override
    public abstract void close();

    @Override
    public String toString() {
        return description;
    }
}
