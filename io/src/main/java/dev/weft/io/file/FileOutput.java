package dev.weft.io.file;

import dev.weft.io.offload.Exclusive;
import dev.weft.io.offload.OffloadedCalls;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/** A stream that writes a file in chunks. The last bytes stay in the buffer until the stream is flushed or closed. */
final class FileOutput extends OutputStream {
    private static final int FIRST_CHUNK = 8 * 1024;
    private static final int LARGEST_CHUNK = 256 * 1024;

    private final FileChannel channel;
    private final ClassifiedFile.Kind kind;
    private final Path path;
    private final Exclusive writing = new Exclusive(this);
    private byte[] buffer = new byte[FIRST_CHUNK];
    private int count;
    private boolean closed;

    FileOutput(ClassifiedFile file, Path path) {
        channel = file.channel();
        kind = file.kind();
        this.path = path;
    }

    @Override
    public void write(int value) throws IOException {
        writing.enter();
        try {
            requireOpen();
            if (count == buffer.length) {
                makeRoom(1);
            }
            buffer[count++] = (byte) value;
        } finally {
            writing.leave();
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        writing.enter();
        try {
            requireOpen();
            if (length > buffer.length - count) {
                makeRoom(length);
            }
            if (length > buffer.length - count) {
                writeOut(bytes, offset, length);
            } else {
                System.arraycopy(bytes, offset, buffer, count, length);
                count += length;
            }
        } finally {
            writing.leave();
        }
    }

    @Override
    public void flush() throws IOException {
        writing.enter();
        try {
            requireOpen();
            drain();
        } finally {
            writing.leave();
        }
    }

    /** Makes room for {@code length} bytes, if possible, by growing or draining the buffer. */
    private void makeRoom(int length) throws IOException {
        if (count + (long) length <= LARGEST_CHUNK) {
            buffer = Arrays.copyOf(buffer, Math.clamp(4L * (count + length), FIRST_CHUNK, LARGEST_CHUNK));
        } else {
            drain();
        }
    }

    private void drain() throws IOException {
        int length = count;
        if (length > 0) {
            writeOut(buffer, 0, length);
            count = 0;
        }
    }

    /** Writes to the file. On a special file a kill abandons the call, hence the copy; the interrupt closes the channel. */
    private void writeOut(byte[] bytes, int offset, int length) throws IOException {
        try {
            if (kind == ClassifiedFile.Kind.REGULAR) {
                OffloadedCalls.run(
                        FileOffloads.UNINTERRUPTED, "write to", path, () -> writeFully(bytes, offset, length));
            } else {
                byte[] copy = Arrays.copyOfRange(bytes, offset, offset + length);
                OffloadedCalls.runOnOwnThread("write to special file", path, () -> writeFully(copy, 0, length));
            }
        } catch (IOException e) {
            count = 0; // part of the buffer may have been written, so it must not be written again
            throw e;
        }
    }

    private void writeFully(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer source = ByteBuffer.wrap(bytes, offset, length);
        while (source.hasRemaining()) {
            channel.write(source);
        }
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        writing.enter();
        closed = true;
        try {
            if (kind == ClassifiedFile.Kind.REGULAR) {
                closeRegular();
            } else {
                closeSpecial();
            }
        } finally {
            writing.leave();
        }
    }

    /** Writes the buffered bytes and closes the file in one off-loaded call, shielded from kills. */
    private void closeRegular() throws IOException {
        OffloadedCalls.runShielded(FileOffloads.UNINTERRUPTED, "close of", path, () -> {
            try (channel) {
                writeFully(buffer, 0, count);
            }
        });
    }

    private void closeSpecial() throws IOException {
        try {
            drain();
        } finally {
            OffloadedCalls.closeInBackground(channel);
        }
    }

    @Override
    public String toString() {
        return "output to " + path;
    }
}
