package dev.weft.bench.load;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How the load generator talks to the kernel: epoll, recv and send of Linux through the Foreign Function and Memory API,
 * without the objects, locks and copies of {@code java.nio}. A socket is its file descriptor. Nothing here waits but {@link
 * #connect} and {@link #poll}; one thread uses it. Sockets are reset when they are closed, so that none is left in TIME_WAIT
 * and a later run finds its ports free. TCP_NODELAY is on. Needs {@code --enable-native-access=ALL-UNNAMED}.
 */
final class Sockets implements AutoCloseable {
    /** There is no connection to accept. */
    static final int NONE = -1;
    /** Connections to one server from one source address, before local ports run out. */
    private static final int CONNECTIONS_PER_SOURCE = 20_000;

    private static final int BACKLOG = 4096;
    private static final int MAX_EVENTS = 128; // few, so that what is due meanwhile is not late
    private static final int LOOPBACK = 127 << 24;

    private static final int AF_INET = 2;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int IPPROTO_TCP = 6;
    private static final int TCP_NODELAY = 1;
    private static final int SOL_SOCKET = 1;
    private static final int SO_LINGER = 13;
    private static final int EPOLLIN = 1;
    private static final int EPOLLOUT = 4;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int EPOLL_CTL_MOD = 3;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final int EMFILE = 24;
    private static final int ECONNABORTED = 103;
    private static final int ADDRESS_BYTES = 16; // struct sockaddr_in

    // struct epoll_event is packed on x86-64 alone.
    private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");
    private static final long EVENT_BYTES = PACKED ? 12 : 16;
    private static final long EVENT_DATA = PACKED ? 4 : 8;
    private static final ValueLayout.OfInt UNALIGNED_INT = JAVA_INT.withByteAlignment(1);
    private static final ValueLayout.OfInt NETWORK_INT = UNALIGNED_INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort NETWORK_SHORT =
            JAVA_SHORT.withByteAlignment(1).withOrder(ByteOrder.BIG_ENDIAN);

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final long ERRNO_OFFSET =
            Linker.Option.captureStateLayout().byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET = call("socket", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle SETSOCKOPT = call("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle BIND = call("bind", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CONNECT = call("connect", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle LISTEN = call("listen", JAVA_INT, JAVA_INT);
    private static final MethodHandle ACCEPT = call("accept", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle GETSOCKNAME = call("getsockname", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle CLOSE = call("close", JAVA_INT);
    private static final MethodHandle EPOLL_CREATE = call("epoll_create1", JAVA_INT);
    private static final MethodHandle EPOLL_CTL = call("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle EPOLL_WAIT = call("epoll_wait", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle RECV = shortCall("recv");
    private static final MethodHandle SEND = shortCall("send");

    private final MemorySegment state = Arena.global().allocate(Linker.Option.captureStateLayout());
    private final MemorySegment address = Arena.global().allocate(ADDRESS_BYTES, 4);
    private final MemorySegment option = Arena.global().allocate(8, 4);
    private final MemorySegment event = Arena.global().allocate(16, 8);
    private final MemorySegment events = Arena.global().allocate(EVENT_BYTES * MAX_EVENTS, 8);
    private final int epoll;
    private @Nullable ReadinessHandler[] handlers = new ReadinessHandler[1024];

    enum Interest {
        RECEIVE(EPOLLIN),
        SEND(EPOLLOUT),
        BOTH(EPOLLIN | EPOLLOUT);

        private final int events;

        Interest(int events) {
            this.events = events;
        }
    }

    /** Called when a socket is ready. May be called spuriously. */
    interface ReadinessHandler {
        /** Something can be received from (or accepted at) {@code socket}, or it has ended. */
        void readable(int socket) throws IOException;

        /** Something can be sent on {@code socket}; only while it is watched for that. */
        default void writable(int socket) throws IOException {}
    }

    Sockets() throws IOException {
        epoll = checked("epoll_create1", EPOLL_CREATE, 0);
    }

    private static MethodHandle call(String name, MemoryLayout... arguments) {
        return link(name, FunctionDescriptor.of(JAVA_INT, arguments), ERRNO);
    }

    /** Of a call that returns at once. An address is passed as a number: that takes the same register, and no object. */
    private static MethodHandle shortCall(String name) {
        FunctionDescriptor function = FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
        return link(name, function, ERRNO, Linker.Option.critical(false));
    }

    @SuppressWarnings("restricted") // this class is what the native access is for
    private static MethodHandle link(String name, FunctionDescriptor function, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), function, options);
    }

    /**
     * Connects to {@code server}; blocks until it is connected. The socket is watched for receiving.
     *
     * @param number how many connections to it there are already, for {@link #source}
     */
    int connect(InetSocketAddress server, int number, ReadinessHandler handler) throws IOException {
        int fd = prepared(checked("socket", SOCKET, AF_INET, SOCK_STREAM, 0));
        if (number >= CONNECTIONS_PER_SOURCE) {
            checked("bind", BIND, fd, address(source(number), 0), ADDRESS_BYTES);
        }
        MemorySegment to = address(LOOPBACK + 1, server.getPort());
        checked("connect to " + server, CONNECT, fd, to, ADDRESS_BYTES);
        return watched(fd, handler);
    }

    /** Where a connection comes from: 127.0.0.1 for the first 20,000, then 127.0.0.2 and so on. */
    static int source(int number) {
        return LOOPBACK + 1 + number / CONNECTIONS_PER_SOURCE;
    }

    private MemorySegment address(int host, int port) {
        address.fill((byte) 0);
        address.set(JAVA_SHORT, 0, (short) AF_INET);
        address.set(NETWORK_SHORT, 2, (short) port);
        address.set(NETWORK_INT, 4, host);
        return address;
    }

    private int prepared(int fd) throws IOException {
        option.set(JAVA_INT, 0, 1);
        option.set(JAVA_INT, 4, 0);
        checked("setsockopt", SETSOCKOPT, fd, SOL_SOCKET, SO_LINGER, option, 8); // on, for no time
        checked("setsockopt", SETSOCKOPT, fd, IPPROTO_TCP, TCP_NODELAY, option, 4);
        return fd;
    }

    private int watched(int fd, ReadinessHandler handler) throws IOException {
        if (fd >= handlers.length) {
            handlers = Arrays.copyOf(handlers, Math.max(fd + 1, handlers.length * 2));
        }
        handlers[fd] = handler;
        control(EPOLL_CTL_ADD, fd, Interest.RECEIVE);
        return fd;
    }

    /** Listens on a free port of 127.0.0.1. */
    int listen(ReadinessHandler handler) throws IOException {
        int fd = checked("socket", SOCKET, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        checked("bind", BIND, fd, address(LOOPBACK + 1, 0), ADDRESS_BYTES);
        checked("listen", LISTEN, fd, BACKLOG);
        return watched(fd, handler);
    }

    int port(int socket) throws IOException {
        option.set(JAVA_INT, 0, ADDRESS_BYTES);
        checked("getsockname", GETSOCKNAME, socket, address, option);
        return address.get(NETWORK_SHORT, 2) & 0xFFFF;
    }

    /** Accepts a connection; {@link #NONE} if none waits. The new socket is watched for receiving. */
    int accept(int listener, ReadinessHandler handler) throws IOException {
        int fd = call(ACCEPT, listener, MemorySegment.NULL, MemorySegment.NULL);
        if (fd < 0 && (errno() == EAGAIN || errno() == ECONNABORTED || errno() == EINTR)) {
            return NONE;
        }
        return watched(prepared(checked("accept", fd)), handler);
    }

    /** From now on reports {@code interest} alone. */
    void watch(int socket, Interest interest) throws IOException {
        control(EPOLL_CTL_MOD, socket, interest);
    }

    private void control(int operation, int fd, Interest interest) throws IOException {
        event.fill((byte) 0);
        event.set(UNALIGNED_INT, 0, interest.events);
        event.set(UNALIGNED_INT, EVENT_DATA, fd);
        checked("epoll_ctl", EPOLL_CTL, epoll, operation, fd, event);
    }

    /** Waits for up to {@code timeoutMillis}, calls the handlers, and returns how many sockets were ready. */
    int poll(int timeoutMillis) throws IOException {
        int count;
        try {
            count = (int) EPOLL_WAIT.invokeExact(state, epoll, events, MAX_EVENTS, timeoutMillis);
        } catch (Throwable t) {
            throw unexpected(t);
        }
        if (count < 0 && errno() == EINTR) {
            return 0;
        }
        for (int i = 0; i < checked("epoll_wait", count); i++) {
            tell(events.get(UNALIGNED_INT, i * EVENT_BYTES + EVENT_DATA), events.get(UNALIGNED_INT, i * EVENT_BYTES));
        }
        return count;
    }

    /** An event may belong to a socket that was closed since and whose number was reused: a spurious call. */
    private void tell(int fd, int bits) throws IOException {
        ReadinessHandler handler = handlers[fd];
        if ((bits & EPOLLOUT) != 0 && handler != null) {
            handler.writable(fd);
            handler = handlers[fd];
        }
        if ((bits & ~EPOLLOUT) != 0 && handler != null) { // it has ended or failed, too, which receiving then tells
            handler.readable(fd);
        }
    }

    /** Receives what is there, up to the capacity. Returns how many bytes; 0 if nothing is there, -1 at the end. */
    int receive(int socket, Bytes target) throws IOException {
        try {
            long count =
                    (long) RECV.invokeExact(state, socket, target.address(), (long) target.capacity(), MSG_DONTWAIT);
            return count > 0 ? (int) count : count == 0 ? -1 : noneOrFailed("recv");
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Sends of that range what fits; returns how much that was. */
    int send(int socket, Bytes source, int from, int length) throws IOException {
        try {
            long count = (long) SEND.invokeExact(
                    state, socket, source.address() + from, (long) length, MSG_DONTWAIT | MSG_NOSIGNAL);
            return count >= 0 ? (int) count : noneOrFailed("send");
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private int noneOrFailed(String call) throws IOException {
        return errno() == EAGAIN ? 0 : checked(call, -1);
    }

    void close(int socket) throws IOException {
        handlers[socket] = null;
        checked("close", CLOSE, socket);
    }

    @Override
    public void close() throws IOException {
        for (int fd = 0; fd < handlers.length; fd++) {
            if (handlers[fd] != null) {
                close(fd);
            }
        }
        checked("close", CLOSE, epoll);
    }

    private int checked(String what, MethodHandle function, Object... arguments) throws IOException {
        return checked(what, call(function, arguments));
    }

    /** For calls that are not made for every message. */
    private int call(MethodHandle function, Object... arguments) throws IOException {
        Object[] all = new Object[arguments.length + 1];
        all[0] = state;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        try {
            return (int) function.invokeWithArguments(all);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private int errno() {
        return state.get(JAVA_INT, ERRNO_OFFSET);
    }

    private int checked(String what, int result) throws IOException {
        if (result < 0) {
            String cure = errno() == EMFILE ? " (too many open files: raise the limit with ulimit -n)" : "";
            throw new IOException(what + " failed: errno " + errno() + cure);
        }
        return result;
    }

    private static IOException unexpected(Throwable thrown) throws IOException {
        if (thrown instanceof IOException expected) {
            throw expected;
        }
        throw new IllegalStateException("a system call could not be made", thrown);
    }
}
