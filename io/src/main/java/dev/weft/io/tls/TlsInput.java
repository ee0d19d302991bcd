package dev.weft.io.tls;

import dev.weft.io.selector.Operation;
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
 * The receiving side of a TLS connection. Reads records from the socket, decrypts them one at a time and returns their contents,
 * decrypting directly into the reader's buffer if a record fits. Holds a buffer only while it has part of a record. Never waits.
 * Confined to the loop's thread.
 */
final class TlsInput {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int HEADER = 5; // bytes
    private static final int LARGEST = 2 * RecordBuffers.SIZE; // some old peers send records of twice the maximum size
    private static final int RECORDS_WITHOUT_DATA = 32; // consecutive; Go's crypto/tls allows 16
    private static final int DROPPED_BUFFERS = 4;

    private final Object stream; // for messages
    private final SSLEngine engine;
    private final SelectedStream socket;
    private final Readiness direction;
    private final RecordBuffers buffers;
    private final TlsOutput output;
    private @Nullable ByteBuffer cipher; // to be decrypted; never empty
    private @Nullable ByteBuffer plain; // to be read; never empty
    private boolean drained; // the socket is believed to be empty
    private boolean prepared; // the next attempt finds all that the socket had
    private boolean ended; // the peer has sent close_notify
    private @Nullable IOException failure;

    TlsInput(Object stream, SSLEngine engine, SelectedStream socket, RecordBuffers buffers, TlsOutput output) {
        this.stream = stream;
        this.engine = engine;
        this.socket = socket;
        direction = socket.in();
        this.buffers = buffers;
        this.output = output;
    }

    /** An operation that processes what was received. The pass only reads from the socket, as ciphers and sessions have locks. */
    @FunctionalInterface
    interface Decryption<A> extends Operation<TlsInput, A> {
        @Override
        default boolean prepare(TlsInput input) {
            return input.prepare();
        }
    }

    /** Reads what the socket has. Returns whether there is something to process: a record, or a failure. */
    private boolean prepare() {
        drained = false;
        try {
            prepared = tryReadRecord();
        } catch (IOException e) {
            fail(e);
        } finally {
            updateReadiness();
        }
        return prepared || failure != null;
    }

    private void beginAttempt() {
        drained &= prepared; // otherwise the socket may have more by now
        prepared = false;
    }

    /** The socket below. */
    SelectedStream socket() {
        return socket;
    }

    /**
     * Reads the available bytes into the buffers. Returns the number of bytes, -1 at the end, or 0 if the caller must retry when
     * the direction is ready.
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
            updateReadiness();
        }
    }

    /** Checks for read-only buffers. Called before any wait, because passing one is a programming error. */
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

    /** Decrypts until there are bytes for the reader, in {@code target}, or in {@link #plain} if they do not fit. */
    private int decrypt(ByteBuffer target) throws IOException {
        if (failure != null) {
            throw failure;
        }
        beginAttempt();
        for (int records = 0; !ended; ) {
            if (!tryReadRecord()) {
                return 0;
            }
            int count = decryptRecord(target);
            if (count > 0 || plain != null) {
                return count;
            }
            if (!ended && ++records > RECORDS_WITHOUT_DATA) {
                throw fail(new SSLException(
                        stream + " received " + records + " consecutive records without data; rejected"));
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
            output.trySendOwn(); // before TLS 1.3, the engine replies with its own close_notify
        } else if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            engine.closeOutbound();
            output.trySendOwn();
            throw fail(new SSLHandshakeException(
                    stream + " received a request for renegotiation, which is rejected; use TLS 1.3 or reconnect"));
        } else if (result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            output.trySendOwn();
        }
        return plain == null ? result.bytesProduced() : 0;
    }

    /** Lets the engine process the received bytes once. An exception is permanent. */
    private SSLEngineResult unwrap(ByteBuffer target) throws IOException {
        ByteBuffer source = cipher == null ? NOTHING : cipher;
        try {
            return engine.unwrap(source, target);
        } catch (SSLException e) {
            output.trySendOwn(); // the alert
            throw fail(TlsFailure.afterHandshake(stream, e));
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
     * Passes received bytes to the engine during the handshake. Returns whether there were any; if not, the caller must retry
     * when the direction is ready.
     *
     * @throws SSLException if the peer does not speak TLS, has closed the connection, or violates the protocol
     */
    boolean tryFeed() throws IOException {
        try {
            beginAttempt();
            if (!tryReadRecord()) {
                return false;
            }
            SSLEngineResult result = engine.unwrap(cipher == null ? NOTHING : cipher, NOTHING);
            if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
                throw new SSLException("not TLS"); // the engine mistakes it for SSL 2.0 and expects more
            }
            ended |= result.getStatus() == Status.CLOSED;
            return true;
        } finally {
            dropIfEmpty();
            updateReadiness();
        }
    }

    /** Returns the bytes that were received and not consumed, for messages. */
    ByteBuffer rest() {
        return cipher == null ? NOTHING : cipher.asReadOnlyBuffer();
    }

    /** Reads from the socket until there is enough to decrypt. Returns false if the socket does not have enough. */
    private boolean tryReadRecord() throws IOException {
        while (!hasRecord()) {
            if (drained || !tryFill()) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether there is enough to decrypt. Also true if the bytes are not TLS, which the engine will report. */
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

    /** Returns whether {@code source}, which is not empty, starts like a record: with a record type and major version 3. */
    static boolean startsRecord(ByteBuffer source) {
        int start = source.position();
        int kind = source.get(start);
        return kind >= 20 && kind <= 24 && (source.remaining() == 1 || source.get(start + 1) == 3);
    }

    /** Reads the available bytes from the socket. Returns whether there were any. */
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

    /** Returns a buffer to which the next bytes can be appended. */
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

    /** Tells the direction whether a read would find bytes, here or in the socket. */
    private void updateReadiness() {
        if (plain != null || ended || failure != null || hasRecord()) {
            direction.noteBuffered();
        } else if (drained) {
            direction.noteDrained();
        } else {
            direction.noteProgress();
        }
    }

    /**
     * Called before the connection is closed. Discards unread bytes, here and in the socket, because they would turn the close
     * into a reset.
     */
    void beforeClose() {
        ByteBuffer dropped = cipher == null ? buffers.take(RecordBuffers.SIZE) : cipher;
        cipher = null;
        try {
            for (int i = 0; i < DROPPED_BUFFERS && socket.tryRead(dropped.clear()) == dropped.capacity(); i++) {}
        } catch (IOException e) {
            // The connection is closed regardless.
        }
        buffers.give(dropped);
        if (plain != null) {
            buffers.give(plain);
            plain = null;
        }
    }
}
