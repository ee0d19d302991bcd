package dev.weft.io.file;

import dev.weft.io.offload.Exclusive;
import dev.weft.io.offload.OffloadedCalls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Objects;

/** A stream that reads a regular file sequentially, in chunks that grow as long as they are filled completely. */
final class FileInput extends InputStream {
    private static final int FIRST_CHUNK = 16 * 1024;
    private static final int LARGEST_CHUNK = 256 * 1024;

    private final FileChannel channel;
    private final Path path;
    private final Exclusive reading = new Exclusive(this);
    private byte[] buffer = {};
    private int next;
    private int limit;
    private volatile boolean closed;
    private long position; // in the file, after the buffered bytes

    FileInput(FileChannel channel, Path path) {
        this.channel = channel;
        this.path = path;
    }

    @Override
    public int read() throws IOException {
        if (next == limit || closed) {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }
        return buffer[next++] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        reading.enter();
        try {
            requireOpen();
            if (length == 0) {
                return 0;
            }
            if (next == limit) {
                if (length >= LARGEST_CHUNK) {
                    return readInto(ByteBuffer.wrap(bytes, offset, length));
                }
                if (!fill()) {
                    return -1;
                }
            }
            return take(bytes, offset, length);
        } finally {
            reading.leave();
        }
    }

    private int take(byte[] bytes, int offset, int length) {
        int count = Math.min(length, limit - next);
        System.arraycopy(buffer, next, bytes, offset, count);
        next += count;
        return count;
    }

    private boolean fill() throws IOException {
        if (limit == buffer.length && limit < LARGEST_CHUNK) {
            buffer = new byte[limit == 0 ? FIRST_CHUNK : Math.min(4 * limit, LARGEST_CHUNK)];
        }
        next = 0;
        limit = 0;
        limit = Math.max(0, readInto(ByteBuffer.wrap(buffer)));
        return limit > 0;
    }

    private int readInto(ByteBuffer target) throws IOException {
        long from = position;
        int count =
                OffloadedCalls.call(FileOffloads.UNINTERRUPTED, "read from", path, () -> channel.read(target, from));
        position += Math.max(0, count);
        return count;
    }

    /** Skips bytes without reading them, but not beyond the end of the file. */
    @Override
    public long skip(long count) throws IOException {
        if (count <= 0) {
            return 0;
        }
        reading.enter();
        try {
            requireOpen();
            int buffered = (int) Math.min(count, limit - next);
            if (buffered == count) {
                next += buffered;
                return count;
            }
            long size = OffloadedCalls.call(FileOffloads.UNINTERRUPTED, "size of", path, channel::size);
            long beyond = Math.clamp(size - position, 0, count - buffered);
            next = limit;
            position += beyond;
            return buffered + beyond;
        } finally {
            reading.leave();
        }
    }

    @Override
    public int available() throws IOException {
        requireOpen();
        return limit - next;
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public void close() {
        closed = true;
        OffloadedCalls.closeInBackground(channel);
    }

    @Override
    public String toString() {
        return "input from " + path;
    }
}
