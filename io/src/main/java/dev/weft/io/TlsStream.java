package dev.weft.io;

import dev.weft.Awaitable;
import dev.weft.io.blocking.TimeLimit;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * TLS over a {@link SocketStream}, on the JDK's {@link javax.net.ssl.SSLEngine}; made by {@link Tls#client} and {@link
 * Tls#server}, after the handshake. Threads and failures are as with every {@link ByteStream}, and:
 *
 * <ul>
 *   <li>-1 is the end that the peer has announced ({@code close_notify}). A connection that just ends is {@link Truncated}.
 *   <li>An {@link javax.net.ssl.SSLException} is final, in both directions; later reads get it again.
 *   <li>A write that times out or is killed may leave part of a record behind, which goes first with the next write. So the
 *       buffer's position tells how much is on its way, and the stream is whole.
 *   <li>{@link #shutdownOutput} waits while the socket is full, and is {@link dev.weft.Busy} while another writes. Before TLS
 *       1.3 there is no half-close: the peer answers by closing too, and what it had still to send is lost.
 *   <li>{@link #close} says {@code close_notify} if the socket takes it at once. Closing the socket below does the same.
 *   <li>Key updates and session tickets are dealt with while reading; an answer that the socket does not take goes with the
 *       next write. Renegotiation (of TLS 1.2) is refused.
 * </ul>
 *
 * <p>The work with keys and certificates in a handshake, a millisecond or several, runs on the pool of {@link
 * dev.weft.Weft#compute}; ciphers run on the loop, and a long write lets others run every 256 KiB. A connection that
 * waits takes about 7 KiB, which are the engine's, and holds no buffers; one that has received part of a
 * record, or whose writer waits, one of 17 KiB for that direction.
 */
public final class TlsStream implements ByteStream {
    private final TlsConnection connection;
    private final TlsInput input;
    private final TlsOutput output;
    private final Interest interest;

    TlsStream(TlsConnection connection) {
        this.connection = connection;
        input = connection.input;
        output = connection.output;
        interest = connection.interest;
    }

    // ---- reading
    // -----------------------------------------------------------------------------------------------------

    @Override
    public int read(ByteBuffer target) throws IOException {
        return read(target, null);
    }

    @Override
    public int read(ByteBuffer target, @Nullable Duration timeout) throws IOException {
        return read(new ByteBuffer[] {target}, 0, 1, timeout);
    }

    @Override
    public <X extends Exception> int receive(Receiver<X> receiver) throws IOException, X {
        return LentBuffers.receive(
                input, interest, (source, target) -> source.tryRead(new ByteBuffer[] {target}, 0, 1), receiver);
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return read(targets, offset, length, null);
    }

    private int read(ByteBuffer[] targets, int offset, int length, @Nullable Duration timeout) throws IOException {
        long room = SocketStream.remaining(targets, offset, length);
        TlsInput.requireWritable(targets, offset, length);
        interest.begin(interest.in);
        if (interest.in.isWorthATry() || room == 0) {
            int count = input.tryRead(targets, offset, length);
            if (count != 0 || room == 0) {
                return count;
            }
        }
        interest.in.occupy();
        try {
            TimeLimit limit = TimeLimit.of(timeout);
            int count;
            do {
                await(interest.in, limit);
                count = input.tryRead(targets, offset, length);
            } while (count == 0);
            return count;
        } finally {
            interest.in.vacate();
        }
    }

    @Override
    public Awaitable.Checked<Integer, IOException> reading(ByteBuffer target) {
        ByteBuffer[] targets = {target};
        TlsInput.requireWritable(targets, 0, 1);
        return new Transfer<>(interest.in, "read from " + this, target, () -> {
            int count = input.tryRead(targets, 0, 1);
            return count == 0 && target.hasRemaining() ? null : count;
        });
    }

    // ---- writing
    // -----------------------------------------------------------------------------------------------------

    @Override
    public int write(ByteBuffer source) throws IOException {
        return write(source, null);
    }

    @Override
    public int write(ByteBuffer source, @Nullable Duration timeout) throws IOException {
        return (int) write(new ByteBuffer[] {source}, 0, 1, timeout);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        return write(sources, offset, length, null);
    }

    private long write(ByteBuffer[] sources, int offset, int length, @Nullable Duration timeout) throws IOException {
        long total = SocketStream.remaining(sources, offset, length);
        interest.begin(interest.out);
        if (total > 0 && !output.tryWrite(sources, offset, length)) {
            interest.out.occupy();
            try {
                TimeLimit limit = TimeLimit.of(timeout);
                do {
                    await(interest.out, limit);
                } while (!output.tryWrite(sources, offset, length));
            } finally {
                interest.out.vacate();
            }
        }
        return total;
    }

    @Override
    public Awaitable.Checked<Integer, IOException> writing(ByteBuffer source) {
        ByteBuffer[] sources = {source};
        int total = source.remaining();
        return new Transfer<>(
                interest.out,
                "write to " + this,
                source,
                () -> total == 0 || output.tryWrite(sources, 0, 1) ? total : null);
    }

    @Override
    public void shutdownOutput() throws IOException {
        interest.begin(interest.out);
        interest.out.occupy();
        try {
            while (!output.tryFinish()) {
                await(interest.out, null);
            }
        } finally {
            interest.out.vacate();
        }
    }

    /** Waits; also who was woken by a record without data, and has not run yet, was waiting when it was closed. */
    private void await(Readiness direction, @Nullable TimeLimit limit) throws IOException {
        SocketStream.await(direction, limit);
        if (!interest.isOpen()) {
            throw new AsynchronousCloseException();
        }
    }

    // ---- the rest
    // ----------------------------------------------------------------------------------------------------

    /** What the two have agreed on, and who the peer has shown to be. Any thread. */
    public SSLSession session() {
        return connection.engine.getSession();
    }

    /** The application protocol that the two have agreed on; empty if this was no matter. Any thread. */
    public Optional<String> applicationProtocol() {
        String name = connection.engine.getApplicationProtocol();
        return name == null || name.isEmpty() ? Optional.empty() : Optional.of(name);
    }

    /** The socket below, for its options and addresses; it must not be read or written. */
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
        return interest.isOpen();
    }

    @Override
    public void close() {
        interest.close();
    }

    @Override
    public String toString() {
        return connection.toString();
    }
}
