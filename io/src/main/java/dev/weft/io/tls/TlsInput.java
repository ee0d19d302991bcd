package dev.weft.io.tls;

import dev.weft.io.selector.Readiness;
import dev.weft.io.selector.SelectedStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/**
 * The receiving side of a TLS connection: takes records from the socket, decrypts them one at a time and returns the
 * contents; directly into the reader's buffer if a record fits. It holds a buffer only while it has part of a record.
 * Nothing here waits. Belongs to the loop's thread.
 */
final class TlsInput {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int HEADER = 5;
    private static final int LARGEST = 2 * RecordBuffers.SIZE; // some old peers send records of twice the allowed size
    private static final int RECORDS_WITHOUT_DATA = 32; // in a row; Go's crypto/tls allows 16
    private static final int DROPPED_BUFFERS = 4;

    private final Object stream; // for messages
    private final SSLEngine engine;
    private final SelectedStream socket;
    private final Readiness direction;
    private final RecordBuffers buffers;
    private final TlsOutput output;
    private @Nullable ByteBuffer cipher; // to be decrypted; never empty
    private @Nullable ByteBuffer plain; // to be read; never empty
    private boolean drained; // the socket has no more, as far as known
    private boolean ended; // the peer has announced the end
    private @Nullable IOException failure;

    TlsInput(Object stream, SSLEngine engine, SelectedStream socket, RecordBuffers buffers, TlsOutput output) {
        this.stream = stream;
        this.engine = engine;
        this.socket = socket;
        direction = socket.in();
        this.buffers = buffers;
        this.output = output;
    }

    /**
     * Reads into the buffers what is there. Returns the number of bytes, -1 at the end, or 0 if it must be tried again
     * when the direction is ready.
     */
    int tryRead(ByteBuffer... targets) throws IOException {
        try {
            int first = 0;
            while (first < targets.length && !targets[first].hasRemaining()) {
                first++;
            }
            if (first == targets.length) {
                return 0;
            }
            int count = plain == null ? decrypt(targets[first]) : 0;
            for (int i = first; i < targets.length && plain != null; i++) {
                count += takePlain(targets[i]);
            }
            return count;
        } finally {
            settle();
        }
    }

    /** Checked before any wait, since it is a mistake of the caller. */
    static void requireWritable(ByteBuffer... targets) {
        for (ByteBuffer target : targets) {
            if (target.isReadOnly()) {
                throw new IllegalArgumentException("read-only buffer: " + target);
            }
        }
    }

    private int takePlain(ByteBuffer target) {
        ByteBuffer source = plain;
        if (source == null) {
            return 0;
        }
        int count = Math.min(source.remaining(), target.remaining());
        target.put(target.position(), source, source.position(), count);
        target.position(target.position() + count);
        source.position(source.position() + count);
        if (!source.hasRemaining()) {
            plain = null;
            buffers.give(source);
        }
        return count;
    }

    /** Decrypts until there is something for the reader, in {@code target}, or in {@link #plain} if it does not fit. */
    private int decrypt(ByteBuffer target) throws IOException {
        if (failure != null) {
            throw failure;
        }
        drained = false;
        for (int records = 0; !ended; ) {
            if (!tryHaveRecord()) {
                return 0;
            }
            int count = decryptRecord(target);
            if (count > 0 || plain != null) {
                return count;
            }
            if (!ended && ++records > RECORDS_WITHOUT_DATA) {
                throw fail(new SSLException(stream + " got " + records + " records without data in a row; refused"));
            }
        }
        return -1;
    }

    private int decryptRecord(ByteBuffer target) throws IOException {
        SSLEngineResult result = unwrap(target);
        if (result.getStatus() == Status.BUFFER_OVERFLOW) {
            ByteBuffer room = buffers.take(engine.getSession().getApplicationBufferSize());
            try {
                result = unwrap(room);
            } finally {
                if (room.position() > 0) {
                    plain = room.flip();
                } else {
                    buffers.give(room);
                }
            }
        }
        if (result.getStatus() == Status.CLOSED) {
            ended = true;
            output.trySendOwn(); // before TLS 1.3 the engine answers with its own close_notify
        } else if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            engine.closeOutbound();
            output.trySendOwn();
            throw fail(new SSLHandshakeException(
                    stream + " got a request for renegotiation, which is refused:" + " use TLS 1.3, or connect anew"));
        } else if (result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            output.trySendOwn();
        }
        return plain == null ? result.bytesProduced() : 0;
    }

    /** One step of the engine with the received bytes. An exception is final. */
    private SSLEngineResult unwrap(ByteBuffer target) throws IOException {
        ByteBuffer source = cipher == null ? NOTHING : cipher;
        try {
            return engine.unwrap(source, target);
        } catch (SSLException e) {
            output.trySendOwn(); // the alert
            throw fail(TlsFailure.inMidstream(stream, e));
        } finally {
            dropIfEmpty();
        }
    }

    private void dropIfEmpty() {
        ByteBuffer source = cipher;
        if (source != null && !source.hasRemaining()) {
            cipher = null;
            buffers.give(source);
        }
    }

    private IOException fail(IOException e) {
        failure = e;
        return e;
    }

    /**
     * Feeds the engine during the handshake. Returns whether it consumed something; if not, try again when the
     * direction is ready.
     *
     * @throws SSLException if the peer does not speak TLS, has closed the connection, or violates the protocol
     */
    boolean tryFeed() throws IOException {
        try {
            drained = false;
            if (!tryHaveRecord()) {
                return false;
            }
            SSLEngineResult result = engine.unwrap(cipher == null ? NOTHING : cipher, NOTHING);
            if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
                throw new SSLException("not TLS"); // the engine takes it for SSL 2.0 and expects more
            }
            ended |= result.getStatus() == Status.CLOSED;
            return true;
        } finally {
            dropIfEmpty();
            settle();
        }
    }

    /** The bytes that were received and not understood, for messages. */
    ByteBuffer rest() {
        return cipher == null ? NOTHING : cipher.asReadOnlyBuffer();
    }

    /** Whether there is enough to decrypt, after reading from the socket if necessary. */
    private boolean tryHaveRecord() throws IOException {
        while (!hasRecord()) {
            if (drained || !tryFill()) {
                return false;
            }
        }
        return true;
    }

    /** Whether there is enough to decrypt. True also if it is not TLS, which the engine will report. */
    private boolean hasRecord() {
        ByteBuffer source = cipher;
        if (source == null || !startsRecord(source)) {
            return source != null;
        }
        if (source.remaining() < HEADER) {
            return false;
        }
        int start = source.position();
        int length = (source.get(start + 3) & 0xff) << 8 | (source.get(start + 4) & 0xff);
        return source.remaining() >= HEADER + length || source.remaining() == LARGEST;
    }

    /** Whether {@code source}, which is not empty, begins like a record: with its type, and the major version 3. */
    static boolean startsRecord(ByteBuffer source) {
        int start = source.position();
        int kind = source.get(start);
        return kind >= 20 && kind <= 24 && (source.remaining() == 1 || source.get(start + 1) == 3);
    }

    /** Reads what the socket has. Returns whether there was anything. */
    private boolean tryFill() throws IOException {
        ByteBuffer target = room();
        int room = target.remaining();
        int count;
        try {
            count = socket.tryRead(target);
        } finally {
            if (target.position() == 0) {
                cipher = null;
                buffers.give(target);
            } else {
                cipher = target.flip();
            }
        }
        drained = count < room;
        if (count < 0) {
            throw fail(new Truncated(stream));
        }
        return count > 0;
    }

    /** A buffer for the next bytes, which follow those that are there. */
    private ByteBuffer room() {
        ByteBuffer present = cipher;
        if (present == null) {
            return buffers.take(RecordBuffers.SIZE);
        }
        if (present.remaining() < present.capacity()) {
            return present.compact();
        }
        ByteBuffer larger = buffers.take(LARGEST).put(present);
        buffers.give(present);
        return larger;
    }

    /** Notes in the direction whether a read would find something, here or in the socket. */
    private void settle() {
        if (plain != null || ended || failure != null || hasRecord()) {
            direction.noteBuffered();
        } else if (drained) {
            direction.noteDrained();
        } else {
            direction.noteProgress();
        }
    }

    /**
     * The connection is about to be closed. Drops what was not read, here and in the socket, as unread bytes turn a
     * close into a reset.
     */
    void beforeClose() {
        ByteBuffer dropped = cipher == null ? buffers.take(RecordBuffers.SIZE) : cipher;
        cipher = null;
        try {
            for (int i = 0; i < DROPPED_BUFFERS && socket.tryRead(dropped.clear()) == dropped.capacity(); i++) {}
        } catch (IOException e) {
            // It is closed all the same.
        }
        buffers.give(dropped);
        if (plain != null) {
            buffers.give(plain);
            plain = null;
        }
    }
}
