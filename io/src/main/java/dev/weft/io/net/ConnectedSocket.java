package dev.weft.io.net;

import dev.weft.Cancelled;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What a {@link java.net.Socket} does once it is connected: its data, its half-closes, its streams. */
abstract sealed class ConnectedSocket extends NetSocket permits StreamSocket {
    private static final int LARGEST_COPY = 128 * 1024; // NIO copies into a cached direct buffer of this size

    private @Nullable SocketChannel channel;
    private final Wrapper readWrapper = new Wrapper(); // of the reader
    private final Wrapper writeWrapper = new Wrapper(); // of the writer
    private boolean atEnd; // of the reader: once it has seen the end it does so for ever, even after a close
    private volatile boolean outputShut;
    private volatile @Nullable InputStream adaptor; // whose available() the channel itself has not

    final void use(SocketChannel opened) {
        channel = opened;
    }

    @Override
    final SocketChannel channel() {
        return Objects.requireNonNull(channel, "the socket has been created");
    }

    private void requireConnected() throws SocketException {
        State now = state;
        if (now == State.CLOSED) {
            throw closedException(null);
        }
        if (now != State.CONNECTED) {
            throw new SocketException("Not connected");
        }
    }

    /**
     * Who is cancelled in the midst of a conversation leaves it in a state that nobody knows; as after an interrupt, nobody
     * must take it up. The cause is what tells a scope that it has its way.
     */
    final SocketException closedBy(Cancelled cancellation) {
        close();
        return new SocketException("Closed by cancellation", cancellation);
    }

    // ---- reading
    // --------------------------------------------------------------------------------------------------

    private int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return 0;
        }
        long nanos = Station.FOREVER;
        int millis = timeoutMillis;
        if (millis > 0) {
            nanos = in.take(TimeUnit.MILLISECONDS.toNanos(millis));
            if (nanos == 0) {
                throw new SocketTimeoutException("Read timed out");
            }
        } else {
            in.take();
        }
        try {
            if (atEnd) {
                return -1;
            }
            requireConnected();
            int count = receive(readWrapper.wrap(bytes, offset, Math.min(length, LARGEST_COPY)), nanos);
            if (count < 0) {
                requireConnected(); // or it is not the peer's end that was seen, but the close
                atEnd = true;
            }
            return count;
        } catch (IOException e) {
            throw translated(e);
        } catch (Cancelled e) {
            throw closedBy(e);
        } finally {
            in.end();
        }
    }

    private int receive(ByteBuffer target, long nanos) throws IOException {
        Station station = station();
        station.checkpoint();
        if (station.isWorthATry(Way.IN)) {
            int count = tryRead(station, target);
            if (count != 0) {
                return count;
            }
        }
        return nanos == Station.FOREVER ? receiveLater(station, target) : receiveIn(station, target, nanos);
    }

    private int receiveLater(Station station, ByteBuffer target) throws IOException {
        int count;
        do {
            station.await(Way.IN, Station.FOREVER);
            count = tryRead(station, target);
        } while (count == 0);
        return count;
    }

    private int receiveIn(Station station, ByteBuffer target, long nanos) throws IOException {
        long begin = System.nanoTime();
        long left = nanos;
        while (left > 0 && station.await(Way.IN, left)) {
            int count = tryRead(station, target);
            if (count != 0) {
                return count;
            }
            left = nanos - (System.nanoTime() - begin);
        }
        throw new SocketTimeoutException("Read timed out");
    }

    private int tryRead(Station station, ByteBuffer target) throws IOException {
        int room = target.remaining();
        int count = channel().read(target);
        if (count >= 0 && count < room) {
            station.drained(Way.IN);
        } else if (count > 0) {
            station.used(Way.IN);
        }
        return count;
    }

    @Override
    protected final int available() throws IOException {
        requireConnected();
        try {
            InputStream view = adaptor;
            if (view == null) {
                if (channel().socket().isInputShutdown()) {
                    return 0;
                }
                view = channel().socket().getInputStream();
                adaptor = view;
            }
            return view.available();
        } catch (IOException e) {
            throw translated(e);
        }
    }

    // ---- writing
    // --------------------------------------------------------------------------------------------------

    private void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) {
            return;
        }
        out.take();
        try {
            requireConnected();
            Station station = station();
            station.checkpoint();
            int end = offset + length;
            for (int at = offset; at < end; at += LARGEST_COPY) {
                send(station, writeWrapper.wrap(bytes, at, Math.min(end - at, LARGEST_COPY)));
            }
        } catch (IOException e) {
            throw translatedWrite(e);
        } catch (Cancelled e) {
            throw closedBy(e);
        } finally {
            out.end();
        }
    }

    /** A write after the half-close fails in the system, but the channel has another word for it. */
    private IOException translatedWrite(IOException failure) {
        return failure instanceof ClosedChannelException && outputShut && state == State.CONNECTED
                ? new SocketException("Broken pipe", failure)
                : translated(failure);
    }

    private void send(Station station, ByteBuffer source) throws IOException {
        channel().write(source);
        while (source.hasRemaining()) {
            station.drained(Way.OUT);
            station.await(Way.OUT, Station.FOREVER);
            channel().write(source);
        }
        station.used(Way.OUT);
    }

    @Override
    protected final boolean supportsUrgentData() {
        return true;
    }

    @Override
    protected final void sendUrgentData(int data) throws IOException {
        out.take();
        try {
            requireConnected();
            channel().socket().sendUrgentData(data);
        } catch (ClosedChannelException | SocketException e) {
            throw translatedWrite(e);
        } catch (IOException e) { // the adaptor's word for it
            throw new SocketException("No buffer space available", e);
        } finally {
            out.end();
        }
    }

    // ---- half-close, streams
    // -----------------------------------------------------------------------------

    @Override
    protected final void shutdownInput() throws IOException {
        requireConnected();
        try {
            channel().shutdownInput();
        } catch (IOException e) {
            throw translated(e);
        }
    }

    @Override
    protected final void shutdownOutput() throws IOException {
        requireConnected();
        outputShut = true;
        try {
            channel().shutdownOutput();
        } catch (IOException e) {
            throw translated(e);
        }
    }

    @Override
    protected final InputStream getInputStream() {
        return new Input();
    }

    @Override
    protected final OutputStream getOutputStream() {
        return new Output();
    }

    private final class Input extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return ConnectedSocket.this.read(bytes, offset, length);
        }

        @Override
        public int available() throws IOException {
            return ConnectedSocket.this.available();
        }

        @Override
        public void close() {
            ConnectedSocket.this.close();
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ConnectedSocket.this.write(bytes, offset, length);
        }

        @Override
        public void close() {
            ConnectedSocket.this.close();
        }
    }
}
