package dev.weft.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The transport for Linux: epoll, recv and send, and nothing else for a message. A socket is its file descriptor. */
final class EpollTransport implements Transport {
    private final NativeSockets sockets = new NativeSockets();
    private final int epoll = sockets.epoll();
    private @Nullable Handler[] handlers = new Handler[1024];

    EpollTransport() throws IOException {}

    @Override
    public String label() {
        return "epoll";
    }

    @Override
    public int connect(InetSocketAddress server, int number, Handler handler) throws IOException {
        int fd = sockets.socket();
        handle(fd, handler);
        if (number >= CONNECTIONS_PER_SOURCE) {
            sockets.bind(fd, Transport.source(number));
        }
        sockets.connect(fd, server);
        sockets.watch(epoll, fd, Interest.RECEIVE);
        return fd;
    }

    @Override
    public int listen(Handler handler) throws IOException {
        int fd = sockets.listener(BACKLOG);
        handle(fd, handler);
        sockets.watch(epoll, fd, Interest.RECEIVE);
        return fd;
    }

    @Override
    public int port(int socket) throws IOException {
        return sockets.port(socket);
    }

    @Override
    public int accept(int listener, Handler handler) throws IOException {
        int fd = sockets.accept(listener);
        if (fd < 0) {
            return NONE;
        }
        handle(fd, handler);
        sockets.watch(epoll, fd, Interest.RECEIVE);
        return fd;
    }

    private void handle(int fd, Handler handler) {
        if (fd >= handlers.length) {
            handlers = Arrays.copyOf(handlers, Math.max(fd + 1, handlers.length * 2));
        }
        handlers[fd] = handler;
    }

    @Override
    public void watch(int socket, Interest interest) throws IOException {
        sockets.rewatch(epoll, socket, interest);
    }

    @Override
    public int poll(int timeoutMillis) throws IOException {
        int count = sockets.epollWait(epoll, timeoutMillis);
        for (int i = 0; i < count; i++) {
            tell(sockets.eventSocket(i), sockets.isEventToSend(i), sockets.isEventToReceive(i));
        }
        return count;
    }

    /** An event may be of a socket that was closed since, and whose number was given to another: it is told in vain. */
    private void tell(int fd, boolean canSend, boolean canReceive) throws IOException {
        Handler handler = handlers[fd];
        if (canSend && handler != null) {
            handler.writable(fd);
            handler = handlers[fd];
        }
        if (canReceive && handler != null) {
            handler.readable(fd);
        }
    }

    @Override
    public int receive(int socket, Bytes target) throws IOException {
        return sockets.receive(socket, target.address(), target.capacity());
    }

    @Override
    public int send(int socket, Bytes source, int from, int length) throws IOException {
        return sockets.send(socket, source.address() + from, length);
    }

    @Override
    public void close(int socket) throws IOException {
        handlers[socket] = null;
        sockets.close(socket);
    }

    @Override
    public void close() throws IOException {
        for (int fd = 0; fd < handlers.length; fd++) {
            if (handlers[fd] != null) {
                close(fd);
            }
        }
        sockets.close(epoll);
    }
}
