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
 * An output of a {@link ChildProcess}, as a stream and a channel whose reads yield until there is something.
 * Unbuffered; what nobody reads stays in the system's pipe and holds up the child.
 *
 * <p>For greenlets of the child's loop, one at a time; a second one gets {@link dev.weft.Busy}. A greenlet that is
 * killed, or whose time is up, while it waits has taken nothing.
 */
public abstract sealed class PipeInput extends InputStream implements ReadableByteChannel
        permits SelectedPipeInput, PumpedPipeInput, EmptyPipeInput {
    private static final int FIRST_SIZE = 4 * 1024;

    private final String description;

    PipeInput(String description) {
        this.description = description;
    }

    /** Reads what is there, waiting until there is something. Returns the number of bytes, or -1 at the end. */
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

    /** An awaitable that is done when a read would not wait: there are bytes, or the end was reached. For a select. */
    public abstract Awaitable.Checked<@Nullable Void, IOException> readable();

    /** The lines in UTF-8; for other charsets see {@link Lines#of(InputStream, java.nio.charset.Charset)}. */
    public Lines lines() {
        return Lines.of(this);
    }

    /**
     * Reads everything up to the end, if that is not more than {@code limit} bytes.
     *
     * @throws IOException if it is more
     */
    byte[] collect(int limit) throws IOException {
        ByteArrayOutputStream collected = new ByteArrayOutputStream();
        byte[] chunk = new byte[FIRST_SIZE];
        int count;
        while ((count = read(chunk)) >= 0) {
            if (collected.size() + count > limit) {
                throw new IOException(this + " has more than " + limit
                        + " bytes; allow more, or start the process and read its stdout() as it comes");
            }
            collected.write(chunk, 0, count);
            if (count == chunk.length && chunk.length < 16 * FIRST_SIZE) {
                chunk = new byte[2 * chunk.length];
            }
        }
        return collected.toByteArray();
    }

    /**
     * Closes this end; the child's next write fails, and a greenlet that waits gets an exception. Any thread; never
     * waits.
     */
    @Override
    public abstract void close();

    @Override
    public String toString() {
        return description;
    }
}
