package dev.weft.io.file;

import dev.weft.io.offload.OffloadedCalls;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * An open file that is read and written at explicit positions, as with a {@link FileChannel}. It has no current position, so
 * greenlets of any loops may use it concurrently.
 *
 * <p>Each call is one off-load, which takes 10 to 20 microseconds in addition to the disk's time; use large buffers, or the
 * streams of {@link Files}. A greenlet that is killed during a call waits for the call to return. The result is kept, and the
 * buffer is not modified later. Threads outside loops block.
 *
 * <p>Failures are those of the JDK: {@link ClosedChannelException} if the file is closed, {@link
 * java.nio.channels.AsynchronousCloseException} if it is closed during the call, and {@link
 * java.nio.channels.NonReadableChannelException} or {@link java.nio.channels.NonWritableChannelException} if it was not opened
 * for the operation.
 */
public final class OpenFile implements Closeable {
    private final FileChannel channel;
    private final Path path;
    private volatile boolean closed; // the channel itself is closed slightly later

    OpenFile(FileChannel channel, Path path) {
        this.channel = channel;
        this.path = path;
    }

    /**
     * Reads from {@code position} until {@code target} is full or the file ends.
     *
     * @return the number of bytes read, or -1 if {@code position} is at or beyond the end and the buffer has room
     */
    public int read(ByteBuffer target, long position) throws IOException {
        requireOpen();
        return OffloadedCalls.call(FileOffloads.UNINTERRUPTED, "read from", path, () -> {
            int total = 0;
            while (target.hasRemaining()) {
                int count = channel.read(target, position + total);
                if (count < 0) {
                    return total == 0 ? -1 : total;
                }
                total += count;
            }
            return total;
        });
    }

    /** Writes all remaining bytes of {@code source} at {@code position}, and returns the number of bytes written. */
    public int write(ByteBuffer source, long position) throws IOException {
        requireOpen();
        return OffloadedCalls.call(FileOffloads.UNINTERRUPTED, "write to", path, () -> {
            int total = 0;
            while (source.hasRemaining()) {
                total += channel.write(source, position + total);
            }
            return total;
        });
    }

    /** Returns the size of the file in bytes. */
    public long size() throws IOException {
        requireOpen();
        return OffloadedCalls.call(FileOffloads.UNINTERRUPTED, "size of", path, channel::size);
    }

    /** Truncates the file to {@code size} bytes, if it is longer. */
    public void truncate(long size) throws IOException {
        requireOpen();
        OffloadedCalls.run(FileOffloads.UNINTERRUPTED, "truncation of", path, () -> channel.truncate(size));
    }

    /** Forces everything written, including metadata, to the device (fsync). */
    public void force() throws IOException {
        requireOpen();
        OffloadedCalls.run(FileOffloads.UNINTERRUPTED, "force of", path, () -> channel.force(true));
    }

    /** Forces everything written to the device, except metadata not needed to read the data, such as times (fdatasync). */
    public void forceData() throws IOException {
        requireOpen();
        OffloadedCalls.run(FileOffloads.UNINTERRUPTED, "force of", path, () -> channel.force(false));
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    /** Returns whether this file is open. */
    public boolean isOpen() {
        return !closed;
    }

    /**
     * Closes this file. Any thread; a greenlet does not wait until the descriptor is released. Deferred write errors, as on
     * network file systems, are not reported here; call {@link #force} first.
     */
    @Override
    public void close() {
        closed = true;
        OffloadedCalls.closeInBackground(channel);
    }

    @Override
    public String toString() {
        return "file " + path;
    }
}
