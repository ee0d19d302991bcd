package dev.weft.io.tls;

import dev.weft.Awaitable;
import dev.weft.io.ByteStream;
import dev.weft.io.SocketStream;
import dev.weft.io.selector.Operation;
import dev.weft.io.selector.PendingOperation;
import dev.weft.io.selector.ReceiveBuffers;
import dev.weft.io.selector.SelectedStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A TLS connection over a {@link SocketStream}, based on the JDK's {@link javax.net.ssl.SSLEngine}. Returned by {@link
 * Tls#client} and {@link Tls#server} after the handshake. The rules for threads and failures are those of {@link ByteStream}; in
 * addition:
 *
 * <ul>
 *   <li>A read returns -1 when the peer has sent {@code close_notify}. If the connection ends without it, a read throws {@link
 *       Truncated}.
 *   <li>An {@link javax.net.ssl.SSLException} is permanent for both directions; later reads throw it again.
 *   <li>A write that times out or is killed may leave part of a record unsent; the next write sends that part first. The stream
 *       therefore stays intact, and the buffer's position shows how much will be sent.
 *   <li>{@link #shutdownOutput} waits while the socket is full, and throws {@link dev.weft.Busy} while another greenlet writes.
 *       Before TLS 1.3 there is no half-close: the peer closes in response, and any data it had not yet sent is lost.
 *   <li>{@link #close} sends {@code close_notify} if the socket accepts it without waiting. Closing the underlying socket does
 *       the same.
 *   <li>Key updates and session tickets are handled while reading; a reply that the socket does not accept is sent by the next
 *       write. Renegotiation (TLS 1.2) is rejected.
 * </ul>
 *
 * <p>The cryptographic work of a handshake, a few milliseconds, runs on the pool of {@link dev.weft.Weft#compute}. Ciphers run on
 * the loop; a long write yields to other greenlets every 256 KiB. An idle connection takes about 7 KiB, which belong to the
 * engine, and holds no buffers. A connection that has received part of a record, or whose writer waits, holds a buffer of 17 KiB
 * for that direction.
 */
public final class TlsStream implements ByteStream {
    private static final Operation<TlsInput, ByteBuffer[]> READ = new TlsInput.Decryption<>() {
        @Override
        public long attempt(TlsInput input, ByteBuffer[] targets) throws IOException {
            int count = input.tryRead(targets);
            return count == 0 && !triesFirst(targets) ? AGAIN : count;
        }

        @Override
        public boolean triesFirst(ByteBuffer[] targets) {
            return SelectedStream.remaining(targets) == 0;
        }
    };

    private static final TlsInput.Decryption<ByteBuffer> READ_ONE =
            (input, target) -> READ.attempt(input, new ByteBuffer[] {target});

    private static final TlsInput.Decryption<ReceiveBuffers> RECEIVE =
            (input, buffers) -> buffers.tryFill(input.socket(), input, READ_ONE);

    private static final Operation<TlsOutput, ByteBuffer[]> WRITE = new Operation<>() {
        @Override
        public long attempt(TlsOutput output, ByteBuffer[] sources) throws IOException {
            return output.tryWrite(sources) ? 0 : AGAIN;
        }

        @Override
        public boolean triesFirst(ByteBuffer[] sources) {
            return true;
        }
    };

    private static final Operation<TlsOutput, ByteBuffer[]> WRITE_NOTHING = new Operation<>() {
        @Override
        public long attempt(TlsOutput output, ByteBuffer[] empty) {
            return 0;
        }

        @Override
        public boolean triesFirst(ByteBuffer[] empty) {
            return true;
        }
    };

    private static final ByteBuffer[] NO_BUFFERS = {};

    private static final Operation<TlsOutput, ByteBuffer[]> FINISH = new Operation<>() {
        @Override
        public long attempt(TlsOutput output, ByteBuffer[] none) throws IOException {
            return output.tryFinish() ? 0 : AGAIN;
        }

        @Override
        public boolean triesFirst(ByteBuffer[] none) {
            return true;
        }
    };

    private final TlsConnection connection;
    private final TlsInput input;
    private final TlsOutput output;
    private final SelectedStream stream; // of the underlying socket

    TlsStream(TlsConnection connection) {
        this.connection = connection;
        input = connection.input;
        output = connection.output;
        stream = connection.stream;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return read(target, null);
    }

    @Override
    public int read(ByteBuffer target, @Nullable Duration timeout) throws IOException {
        return (int) read(new ByteBuffer[] {target}, timeout);
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return read(SelectedStream.range(targets, offset, length), null);
    }

    private long read(ByteBuffer[] targets, @Nullable Duration timeout) throws IOException {
        TlsInput.requireWritable(targets);
        return stream.in().perform(input, targets, READ, timeout);
    }

    @Override
    public <X extends Exception> int receive(Receiver<X> receiver) throws IOException, X {
        ReceiveBuffers buffers = stream.receiveBuffers();
        int count = (int) stream.in().perform(input, buffers, RECEIVE, null);
        if (count > 0) {
            ByteBuffer buffer = stream.takeReceived();
            try {
                receiver.accept(buffer);
            } finally {
                buffers.giveBack(buffer);
            }
        }
        return count;
    }

    @Override
    public Awaitable.Checked<Integer, IOException> reading(ByteBuffer target) {
        ByteBuffer[] targets = {target};
        TlsInput.requireWritable(targets);
        return new PendingOperation<>(stream.in(), "read from " + this, input, targets, READ, count -> (int) count);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return write(source, null);
    }

    @Override
    public int write(ByteBuffer source, @Nullable Duration timeout) throws IOException {
        return (int) write(new ByteBuffer[] {source}, timeout);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        return write(SelectedStream.range(sources, offset, length), null);
    }

    private long write(ByteBuffer[] sources, @Nullable Duration timeout) throws IOException {
        long total = SelectedStream.remaining(sources);
        stream.out().perform(output, sources, writing(total), timeout);
        return total;
    }

    @Override
    public Awaitable.Checked<Integer, IOException> writing(ByteBuffer source) {
        int total = source.remaining();
        ByteBuffer[] sources = {source};
        return new PendingOperation<>(stream.out(), "write to " + this, output, sources, writing(total), done -> total);
    }

    private static Operation<TlsOutput, ByteBuffer[]> writing(long total) {
        return total == 0 ? WRITE_NOTHING : WRITE;
    }

    @Override
    public void shutdownOutput() throws IOException {
        stream.out().perform(output, NO_BUFFERS, FINISH, null);
    }

    /** Returns the session, with the negotiated parameters and the peer's certificates. Any thread. */
    public SSLSession session() {
        return connection.engine.getSession();
    }

    /** Returns the negotiated application protocol, or empty if none was negotiated. Any thread. */
    public Optional<String> applicationProtocol() {
        String name = connection.engine.getApplicationProtocol();
        return name == null || name.isEmpty() ? Optional.empty() : Optional.of(name);
    }

    /** Returns the underlying socket, for access to its options and addresses. It must not be read or written. */
    public SocketStream socket() {
        return connection.socket;
    }

    @Override
    public SocketAddress remoteAddress() throws IOException {
        return connection.socket.remoteAddress();
    }

    @Override
    public SocketAddress localAddress() throws IOException {
        return connection.socket.localAddress();
    }

    @Override
    public boolean isOpen() {
        return stream.isOpen();
    }

    @Override
    public void close() {
        stream.close();
    }

    @Override
    public String toString() {
        return connection.toString();
    }
}
