package dev.weft.bench.load;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

/** The transport for Linux: epoll, recv and send, and nothing else for a message. */
final class EpollTransport implements Transport {
    private final NativeSockets sockets = new NativeSockets();
    private final int epoll = sockets.epoll();
    private final int[] descriptors;
    private final MemorySegment received;
    private final MemorySegment message;
    private int opened;

    EpollTransport(int connections, int messageSize) throws IOException {
        descriptors = new int[connections];
        received = Arena.global().allocate(messageSize, 8);
        message = Arena.global().allocate(messageSize, 8);
    }

    @Override
    public void connect(int connection, InetSocketAddress server) throws IOException {
        int fd = sockets.socket();
        descriptors[opened++] = fd;
        if (connection != opened - 1) {
            throw new IllegalStateException("connections are to be opened in order: " + connection);
        }
        if (connection >= CONNECTIONS_PER_SOURCE) {
            sockets.bind(fd, Transport.source(connection));
        }
        sockets.connect(fd, server);
        sockets.watch(epoll, fd, connection);
    }

    @Override
    public void select(int timeoutMillis, Sink sink) throws IOException {
        int count = sockets.epollWait(epoll, timeoutMillis);
        for (int i = 0; i < count; i++) {
            sink.ready(sockets.eventData(i));
        }
    }

    @Override
    public int receive(int connection) throws IOException {
        return sockets.receive(descriptors[connection], received);
    }

    @Override
    public int receivedStamp() {
        return received.get(JAVA_INT, 0);
    }

    @Override
    public void send(int connection, int stamp) throws IOException {
        message.set(JAVA_INT, 0, stamp);
        int sent = sockets.send(descriptors[connection], message);
        while (sent < message.byteSize()) {
            sent += sockets.send(descriptors[connection], message.asSlice(sent));
        }
    }

    @Override
    public void close() throws IOException {
        for (int i = 0; i < opened; i++) {
            sockets.close(descriptors[i]);
        }
        sockets.close(epoll);
    }
}
