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

/** Writes a file in chunks; what was written last is still in the buffer until a flush or the close. */
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

    /** Grows the buffer, or empties it, so that {@code length} bytes find a place if they can at all. */
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

    /** Of a special file a kill leaves the call behind, so that has a copy, and the interrupt has closed the channel. */
    private void writeOut(byte[] bytes, int offset, int length) throws IOException {
        try {
            if (kind == ClassifiedFile.Kind.REGULAR) {
                OffloadedCalls.run(FileOffloads.PATIENT, "write to", path, () -> writeFully(bytes, offset, length));
            } else {
                byte[] copy = Arrays.copyOfRange(bytes, offset, offset + length);
                OffloadedCalls.runApart("write to special file", path, () -> writeFully(copy, 0, length));
            }
        } catch (IOException e) {
            count = 0; // how much of it is in the file is not known; to write it again would be worse
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

    /** The rest is written and the file closed in one call, of which a kill does not get in the way. */
    private void closeRegular() throws IOException {
        OffloadedCalls.runShielded(FileOffloads.PATIENT, "close of", path, () -> {
            try (channel) {
                writeFully(buffer, 0, count);
            }
        });
    }

    private void closeSpecial() throws IOException {
        try {
            drain();
        } finally {
            OffloadedCalls.closeBehind(channel);
        }
    }

    @Override
    public String toString() {
        return "output to " + path;
    }
}
