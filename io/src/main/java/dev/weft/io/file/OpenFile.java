package dev.weft.io.file;

import dev.weft.io.offload.OffloadedCalls;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * A file that is open, read and written at positions, as of a {@link FileChannel}: there is no current position, so
 * several greenlets, of several loops, may use it at once.
 *
 * <p>Each call is one off-load, 10 to 20 microseconds beside the disk's own time: use large buffers, or the streams of
 * {@link Files}. A greenlet that is killed in the midst of a call waits until that has come back: what it gave is kept,
 * and the buffer is not touched later. Threads outside any loop block.
 *
 * <p>Failures are the JDK's: {@link ClosedChannelException} once it is closed, {@link
 * java.nio.channels.AsynchronousCloseException} when it is closed during the call, {@link
 * java.nio.channels.NonReadableChannelException} and its like for what it was not opened for.
 */
public final class OpenFile implements Closeable {
    private final FileChannel channel;
    private final Path path;
    private volatile boolean closed; // the channel is so a moment later

    OpenFile(FileChannel channel, Path path) {
        this.channel = channel;
        this.path = path;
    }

    /**
     * Reads at {@code position} until {@code target} is full or the file ends.
     *
     * @return how many bytes were read; -1 if {@code position} is at the end or behind it, and the buffer has room
     */
    public int read(ByteBuffer target, long position) throws IOException {
        requireOpen();
        return OffloadedCalls.call(FileOffloads.PATIENT, "read from", path, () -> {
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

    /** Writes all that remains in {@code source} at {@code position}, and returns how many bytes that was. */
    public int write(ByteBuffer source, long position) throws IOException {
        requireOpen();
        return OffloadedCalls.call(FileOffloads.PATIENT, "write to", path, () -> {
            int total = 0;
            while (source.hasRemaining()) {
                total += channel.write(source, position + total);
            }
            return total;
        });
    }

    /** How many bytes the file has. */
    public long size() throws IOException {
        requireOpen();
        return OffloadedCalls.call(FileOffloads.PATIENT, "size of", path, channel::size);
    }

    /** Cuts the file off at {@code size} bytes, if it has more. */
    public void truncate(long size) throws IOException {
        requireOpen();
        OffloadedCalls.run(FileOffloads.PATIENT, "truncation of", path, () -> channel.truncate(size));
    }

    /** Returns when all that was written is on the device, with what the file system knows of the file (fsync). */
    public void force() throws IOException {
        requireOpen();
        OffloadedCalls.run(FileOffloads.PATIENT, "force of", path, () -> channel.force(true));
    }

    /** As {@link #force()}, without what is not needed to read the data again, such as times (fdatasync). */
    public void forceData() throws IOException {
        requireOpen();
        OffloadedCalls.run(FileOffloads.PATIENT, "force of", path, () -> channel.force(false));
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    /** Whether it has not been closed. */
    public boolean isOpen() {
        return !closed;
    }

    /**
     * Closes it. Any thread; a greenlet does not wait until the descriptor is gone. That writing has failed late, as it
     * may on network file systems, is not heard of here: {@link #force} first.
     */
    @Override
    public void close() {
        closed = true;
        OffloadedCalls.closeBehind(channel);
    }

    @Override
    public String toString() {
        return "file " + path;
    }
}
