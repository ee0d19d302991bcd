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
 * The load generator's sockets. Calls epoll, recv and send of Linux through the Foreign Function and Memory API, without the
 * objects, locks and copies of {@code java.nio}. A socket is its file descriptor. Only {@link #connect}, {@link #poll}
 * and {@link #receiveBlocking} block. Closing a socket resets it, so that none stays in TIME_WAIT and a later run finds its ports free. TCP_NODELAY is on.
 * Needs {@code --enable-native-access=ALL-UNNAMED}. Not thread-safe.
 */
final class Sockets implements AutoCloseable {
    /** The result of {@link #accept} if there is no connection to accept. */
    static final int NONE = -1;
    /** The number of connections from one source address, chosen so that local ports do not run out. */
    private static final int CONNECTIONS_PER_SOURCE = 20_000;

    private static final int BACKLOG = 4096;
    private static final int MAX_EVENTS = 128; // few, so that duties are not late
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

    // struct epoll_event is packed only on x86-64.
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

    /** The signature of recv and send. */
    private static final FunctionDescriptor TRANSFER =
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);

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
    private static final MethodHandle BLOCKING_RECV = link("recv", TRANSFER, ERRNO);
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
        /** Called when {@code socket} has data to receive, a connection to accept, or has ended. */
        void readable(int socket) throws IOException;

        /** Called when {@code socket} can send; only if {@link Interest} in sending is set. */
        default void writable(int socket) throws IOException {}
    }

    Sockets() throws IOException {
        epoll = checked("epoll_create1", EPOLL_CREATE, 0);
    }

    private static MethodHandle call(String name, MemoryLayout... arguments) {
        return link(name, FunctionDescriptor.of(JAVA_INT, arguments), ERRNO);
    }

    /** Links a call that returns at once. Addresses are passed as numbers, in the same register but without an object. */
    private static MethodHandle shortCall(String name) {
        return link(name, TRANSFER, ERRNO, Linker.Option.critical(false));
    }

    @SuppressWarnings("restricted") // this class is what the native access is for
    private static MethodHandle link(String name, FunctionDescriptor function, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), function, options);
    }

    /**
     * Connects to {@code server}; blocks until connected. The socket is watched for receiving.
     *
     * @param number the number of existing connections to the server, for {@link #source}
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

    /** Returns the source address of a connection: 127.0.0.1 for the first 20,000, then 127.0.0.2 and so on. */
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
        checked("setsockopt", SETSOCKOPT, fd, SOL_SOCKET, SO_LINGER, option, 8); // on, zero timeout
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

    /** Accepts a connection, or returns {@link #NONE} if there is none. The new socket is watched for receiving. */
    int accept(int listener, ReadinessHandler handler) throws IOException {
        int fd = call(ACCEPT, listener, MemorySegment.NULL, MemorySegment.NULL);
        if (fd < 0 && (errno() == EAGAIN || errno() == ECONNABORTED || errno() == EINTR)) {
            return NONE;
        }
        return watched(prepared(checked("accept", fd)), handler);
    }

    /** Changes the events reported for {@code socket} to {@code interest}. */
    void watch(int socket, Interest interest) throws IOException {
        control(EPOLL_CTL_MOD, socket, interest);
    }

    private void control(int operation, int fd, Interest interest) throws IOException {
        event.fill((byte) 0);
        event.set(UNALIGNED_INT, 0, interest.events);
        event.set(UNALIGNED_INT, EVENT_DATA, fd);
        checked("epoll_ctl", EPOLL_CTL, epoll, operation, fd, event);
    }

    /** Waits for up to {@code timeoutMillis}, calls the handlers, and returns the number of ready sockets. */
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
            dispatch(
                    events.get(UNALIGNED_INT, i * EVENT_BYTES + EVENT_DATA),
                    events.get(UNALIGNED_INT, i * EVENT_BYTES));
        }
        return count;
    }

    /** Calls the handlers of an event. The call is spurious if the socket was closed in this poll and its number reused. */
    private void dispatch(int fd, int bits) throws IOException {
        ReadinessHandler handler = handlers[fd];
        if ((bits & EPOLLOUT) != 0 && handler != null) {
            handler.writable(fd);
            handler = handlers[fd];
        }
        if ((bits & ~EPOLLOUT) != 0 && handler != null) { // includes ends and errors, which receive reports
            handler.readable(fd);
        }
    }

    /** Receives available bytes, up to the capacity. Returns their number; 0 if there are none, -1 at the end. */
    int receive(int socket, Bytes target) throws IOException {
        try {
            long count =
                    (long) RECV.invokeExact(state, socket, target.address(), (long) target.capacity(), MSG_DONTWAIT);
            return count > 0 ? (int) count : count == 0 ? -1 : noneOrFailed("recv");
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** As {@link #receive}, but blocks until there are bytes. */
    int receiveBlocking(int socket, Bytes target) throws IOException {
        try {
            long count = (long) BLOCKING_RECV.invokeExact(state, socket, target.address(), (long) target.capacity(), 0);
            return count == 0 ? -1 : checked("recv", (int) count);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Sends as much of the range as fits; returns the number of bytes sent. */
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

    /** Invokes a function that is not on the path of every message; boxes its arguments. */
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
            String remedy = errno() == EMFILE ? " (too many open files: raise the limit with ulimit -n)" : "";
            throw new IOException(what + " failed: errno " + errno() + remedy);
        }
        return result;
    }

    private static IOException unexpected(Throwable thrown) throws IOException {
        if (thrown instanceof IOException expected) {
            throw expected;
        }
        throw new IllegalStateException("system call not possible", thrown);
    }
}
