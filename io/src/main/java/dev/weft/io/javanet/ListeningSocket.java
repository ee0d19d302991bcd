package dev.weft.io.javanet;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketImpl;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The implementation of a {@link java.net.ServerSocket}. */
sealed class ListeningSocket extends AbstractSocket permits ForeignFactory.Probe {
    private static final int BACKLOG = 50;
    private static final SocketOperation<ListeningSocket, StreamSocket> ACCEPT = ListeningSocket::tryAccept;

    private @Nullable ServerSocketChannel channel;
    private @Nullable InetSocketAddress toBind; // because a channel binds and listens in one step

    @Override
    ServerSocketChannel channel() {
        return Objects.requireNonNull(channel, "the socket has been created");
    }

    @Override
    protected void create(boolean stream) throws IOException {
        if (!stream) {
            throw new IOException("Datagram socket creation not supported");
        }
        synchronized (this) {
            if (state != State.NEW) {
                throw new IOException("Already created");
            }
            ServerSocketChannel opened = ServerSocketChannel.open();
            try {
                adopt(opened, SelectionKey.OP_ACCEPT, 0);
            } catch (Throwable t) {
                opened.close();
                throw t;
            }
            channel = opened;
            state = State.UNCONNECTED;
        }
    }

    /** Records the address; {@link #listen}, which {@link java.net.ServerSocket} calls next, binds it. */
    @Override
    protected void bind(InetAddress host, int wanted) throws IOException {
        synchronized (this) {
            requireOpen();
            if (toBind != null) {
                throw new SocketException("Already bound");
            }
            toBind = new InetSocketAddress(host, wanted);
        }
    }

    @Override
    protected void listen(int backlog) throws IOException {
        synchronized (this) {
            requireOpen();
            InetSocketAddress wanted = toBind;
            if (wanted == null) {
                throw new SocketException("Not bound");
            }
            try {
                channel().bind(wanted, backlog < 1 ? BACKLOG : backlog);
                localport = ((InetSocketAddress) channel().getLocalAddress()).getPort();
            } catch (IOException e) {
                toBind = null; // another address may work
                throw translated(e);
            }
            address = wanted.getAddress();
        }
    }

    @Override
    protected void accept(SocketImpl connection) throws IOException {
        if (!(connection instanceof StreamSocket accepted) || accepted.state != State.NEW) {
            throw new SocketException("Not a newly created SocketImpl");
        }
        long nanos = lockIn("Accept timed out");
        try {
            requireListening();
            accept(accepted, nanos);
        } catch (IOException e) {
            throw translated(e);
        } finally {
            in.unlock();
        }
    }

    private void accept(StreamSocket connection, long nanos) throws IOException {
        ReadinessWait wait = readinessWait();
        wait.checkpoint();
        requireListening(); // others may have run
        if (wait.performIfWorthATry(Direction.IN, this, connection, ACCEPT, nanos) == SocketOperation.AGAIN) {
            throw new SocketTimeoutException("Accept timed out");
        }
    }

    private long tryAccept(ReadinessWait wait, StreamSocket connection) throws IOException {
        SocketChannel accepted = channel().accept();
        if (accepted == null) {
            wait.noteDrained(Direction.IN);
            return SocketOperation.AGAIN;
        }
        wait.noteProgress(Direction.IN);
        connection.accepted(accepted);
        return 0;
    }

    private void requireListening() throws SocketException {
        requireOpen();
        if (localport == 0) {
            throw new SocketException("Not bound");
        }
    }

    @Override
    protected Set<SocketOption<?>> supportedOptions() {
        return channel().supportedOptions();
    }

    @Override
    protected void connect(String host, int toPort) throws IOException {
        throw noStream("connect");
    }

    @Override
    protected void connect(InetAddress host, int toPort) throws IOException {
        throw noStream("connect");
    }

    @Override
    protected void connect(SocketAddress remote, int millis) throws IOException {
        throw noStream("connect");
    }

    @Override
    protected InputStream getInputStream() throws IOException {
        throw noStream("be read");
    }

    @Override
    protected OutputStream getOutputStream() throws IOException {
        throw noStream("be written");
    }

    @Override
    protected int available() throws IOException {
        throw noStream("be read");
    }

    @Override
    protected void sendUrgentData(int data) throws IOException {
        throw noStream("be written");
    }

    @Override
    boolean isUrgentDataInline() throws IOException {
        throw noStream("be read");
    }

    @Override
    void setUrgentDataInline(Boolean inline) throws IOException {
        throw noStream("be read");
    }

    private static SocketException noStream(String operation) {
        return new SocketException("a server socket cannot " + operation + "; use an accepted connection");
    }
}
