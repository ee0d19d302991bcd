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
 * TLS over a {@link SocketStream}, by the JDK's {@link javax.net.ssl.SSLEngine}. {@link Tls#client} and {@link
 * Tls#server} return it after the handshake. Threads and failures are as with every {@link ByteStream}; in addition:
 *
 * <ul>
 *   <li>A read returns -1 at the end that the peer has announced ({@code close_notify}). A connection that ends without
 *       it throws {@link Truncated}.
 *   <li>An {@link javax.net.ssl.SSLException} is final for both directions; later reads get it again.
 *   <li>A write that times out or is killed may leave part of a record behind, which is sent first by the next write.
 *       So the stream stays intact, and the position of the buffer tells how much will be sent.
 *   <li>{@link #shutdownOutput} waits while the socket is full, and throws {@link dev.weft.Busy} while another greenlet
 *       writes. Before TLS 1.3 there is no half-close: the peer answers by closing too, and what it had still to send
 *       is lost.
 *   <li>{@link #close} sends {@code close_notify} if the socket accepts it without waiting. Closing the socket below
 *       does the same.
 *   <li>Key updates and session tickets are handled while reading; an answer that the socket does not accept is sent by
 *       the next write. Renegotiation (of TLS 1.2) is refused.
 * </ul>
 *
 * <p>The work with keys and certificates in a handshake, some milliseconds, runs on the pool of {@link
 * dev.weft.Weft#compute}. Ciphers run on the loop, and a long write lets other greenlets run every 256 KiB. An idle
 * connection takes about 7 KiB, which belong to the engine, and holds no buffers. A connection that has received part
 * of a record, or whose writer waits, holds a buffer of 17 KiB for that direction.
 */
public final class TlsStream implements ByteStream {
    private static final Operation<TlsInput, ByteBuffer[]> READ = new Operation<>() {
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

    private static final Operation<TlsInput, ByteBuffer> READ_ONE =
            (input, target) -> READ.attempt(input, new ByteBuffer[] {target});

    private static final Operation<TlsInput, ReceiveBuffers> RECEIVE =
            (input, buffers) -> buffers.tryFill(input, READ_ONE);

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
    private final SelectedStream stream; // of the socket below

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
            ByteBuffer buffer = buffers.takeFilled();
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

    /** The negotiated parameters and the peer's certificates. Any thread. */
    public SSLSession session() {
        return connection.engine.getSession();
    }

    /** The negotiated application protocol; empty if none was negotiated. Any thread. */
    public Optional<String> applicationProtocol() {
        String name = connection.engine.getApplicationProtocol();
        return name == null || name.isEmpty() ? Optional.empty() : Optional.of(name);
    }

    /** The socket below, for its options and addresses. It must not be read or written. */
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
