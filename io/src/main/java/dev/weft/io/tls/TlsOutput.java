package dev.weft.io.tls;

import dev.weft.io.selector.SelectedStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The sending side of a TLS connection. Encrypts one record at a time and writes it to the socket. A record that the socket has
 * accepted only in part is completed by the next caller, so an interrupted write never corrupts the stream. The engine's own
 * messages (handshake, key updates, alerts) are sent the same way. Never waits. Confined to the loop's thread.
 */
final class TlsOutput {
    private static final ByteBuffer[] NOTHING = {ByteBuffer.allocate(0)};
    private static final int RECORDS_AT_ONCE = 16; // 256 KiB, about 200 microseconds; then other greenlets get a turn
    private static final int OWN_RECORDS_AT_ONCE = 32;

    private final SSLEngine engine;
    private final SelectedStream socket;
    private final RecordBuffers buffers;
    private @Nullable ByteBuffer record; // the part that the socket has not yet accepted
    private boolean finishing; // close_notify is being sent, or has been sent

    TlsOutput(SSLEngine engine, SelectedStream socket, RecordBuffers buffers) {
        this.engine = engine;
        this.socket = socket;
        this.buffers = buffers;
    }

    /** Writes {@code sources}. Returns whether the socket has accepted all; if not, retry when the direction is ready. */
    boolean tryWrite(ByteBuffer... sources) throws IOException {
        if (finishing) {
            throw new ClosedChannelException();
        }
        int next = 0;
        for (int records = 0; records < RECORDS_AT_ONCE; records++) {
            if (!tryFlush()) {
                return false;
            }
            while (next < sources.length && !sources[next].hasRemaining()) {
                next++;
            }
            if (next == sources.length) {
                return true;
            }
            encrypt(sources, next, sources.length - next);
        }
        if (tryFlush()) {
            socket.out().noteDrained(); // it is not drained, but polling the selector lets other greenlets run
        }
        return false;
    }

    /**
     * Writes the pending record, if any; a socket that gathers writes may hold it. Returns whether the socket has accepted all of
     * it; if not, the socket is full.
     */
    boolean tryFlush() throws IOException {
        ByteBuffer rest = record;
        if (rest == null) {
            return true;
        }
        if (!socket.tryWriteOrHold(rest)) {
            return false;
        }
        record = null;
        buffers.give(rest);
        return true;
    }

    /** Encrypts a record of {@code sources}, or the engine's own message if it has one to send first. */
    private void encrypt(ByteBuffer[] sources, int offset, int length) throws IOException {
        ByteBuffer target = buffers.take(RecordBuffers.SIZE);
        try {
            SSLEngineResult result = engine.wrap(sources, offset, length, target);
            if (result.getStatus() == Status.BUFFER_OVERFLOW) {
                buffers.give(target);
                target = buffers.take(engine.getSession().getPacketBufferSize());
                result = engine.wrap(sources, offset, length, target);
            }
            if (result.bytesProduced() == 0 && length > 0 && sources != NOTHING) {
                requireHandshakeFinished(result);
            }
        } finally {
            if (target.position() > 0) {
                record = target.flip();
            } else {
                buffers.give(target);
            }
        }
    }

    /** Checks a result in which the engine consumed nothing; this is valid only if it reports the end of a handshake. */
    private static void requireHandshakeFinished(SSLEngineResult result) throws SSLException {
        if (result.getStatus() == Status.CLOSED) {
            throw new SSLException(
                    "the TLS connection has ended (before TLS 1.3, closing one direction, or an error in either,"
                            + " closes both)");
        }
        if (result.getHandshakeStatus() != HandshakeStatus.FINISHED) {
            throw new SSLException("cannot write while the engine is in state " + result.getHandshakeStatus());
        }
    }

    /** Encrypts the engine's next message. {@link #tryFlush} must have returned true. */
    void encryptOwn() throws IOException {
        encrypt(NOTHING, 0, 1);
    }

    /**
     * Sends as many of the engine's messages as possible without waiting; the next write sends the rest. For messages that may be
     * delayed: key updates, alerts.
     */
    void trySendOwn() {
        try {
            for (int i = 0; i < OWN_RECORDS_AT_ONCE && tryFlush(); i++) {
                if (engine.getHandshakeStatus() != HandshakeStatus.NEED_WRAP) {
                    return;
                }
                encryptOwn();
            }
        } catch (IOException e) {
            // The connection is broken; the next read or write fails.
        }
    }

    /** Sends {@code close_notify}. Returns whether the socket has accepted it; if not, retry when the direction is ready. */
    boolean tryFinish() throws IOException {
        finishing = true;
        engine.closeOutbound();
        while (tryFlush()) {
            if (engine.isOutboundDone()) {
                return true;
            }
            encryptOwn();
        }
        return false;
    }

    /** Called before the connection is closed. Sends {@code close_notify} if possible without waiting. */
    void beforeClose() {
        try {
            tryFinish();
        } catch (IOException e) {
            // The connection is closed regardless.
        }
        if (record != null) {
            buffers.give(record);
            record = null;
        }
    }
}
