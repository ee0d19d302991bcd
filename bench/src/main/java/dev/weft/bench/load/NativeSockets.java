package dev.weft.bench.load;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.weft.bench.load.Transport.Interest;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;

/**
 * The system calls of Linux that the load generator needs, through the Foreign Function and Memory API: sockets and epoll,
 * without the objects, locks and copies of {@code java.nio}. Needs {@code --enable-native-access=ALL-UNNAMED}. One thread
 * uses it.
 */
final class NativeSockets {
    /** So many events fit into one {@link #epollWait}. */
    static final int MAX_EVENTS = 128; // few, so that what is due meanwhile is not late

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

    // struct epoll_event is packed on x86-64 alone.
    private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");
    private static final long EVENT_SIZE = PACKED ? 12 : 16;
    private static final long EVENT_DATA = PACKED ? 4 : 8;
    private static final ValueLayout.OfInt UNALIGNED_INT = JAVA_INT.withByteAlignment(1);
    private static final ValueLayout.OfShort NETWORK_SHORT =
            JAVA_SHORT.withByteAlignment(1).withOrder(ByteOrder.BIG_ENDIAN);

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final Linker.Option SHORT_CALL = Linker.Option.critical(false); // returns at once, never calls back
    private static final long ERRNO_OFFSET =
            Linker.Option.captureStateLayout().byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle SOCKET = call("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle SETSOCKOPT =
            call("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle BIND = call("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CONNECT = call("connect", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle LISTEN = call("listen", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle ACCEPT = shortCall("accept4", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKNAME = call("getsockname", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle CLOSE = call("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle EPOLL_CREATE = call("epoll_create1", JAVA_INT, JAVA_INT);
    private static final MethodHandle EPOLL_CTL = call("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle EPOLL_WAIT = call("epoll_wait", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    // An address is passed as a number: that takes the same register, and no object.
    private static final MethodHandle RECV = shortCall("recv", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SEND = shortCall("send", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);

    private final MemorySegment state = Arena.global().allocate(Linker.Option.captureStateLayout());
    private final MemorySegment address = Arena.global().allocate(16, 4);
    private final MemorySegment option = Arena.global().allocate(8, 4);
    private final MemorySegment event = Arena.global().allocate(16, 8);
    private final MemorySegment events = Arena.global().allocate(EVENT_SIZE * MAX_EVENTS, 8);

    /** Whether this is a system whose structures we know. */
    static boolean isSupported() {
        String arch = System.getProperty("os.arch");
        return System.getProperty("os.name").equals("Linux") && (arch.equals("amd64") || arch.equals("aarch64"));
    }

    private static MethodHandle call(String name, MemoryLayout result, MemoryLayout... arguments) {
        return link(name, FunctionDescriptor.of(result, arguments), ERRNO);
    }

    private static MethodHandle shortCall(String name, MemoryLayout result, MemoryLayout... arguments) {
        return link(name, FunctionDescriptor.of(result, arguments), ERRNO, SHORT_CALL);
    }

    @SuppressWarnings("restricted") // this class is what the native access is for
    private static MethodHandle link(String name, FunctionDescriptor function, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), function, options);
    }

    /** A new TCP socket that resets its connection when it is closed. */
    int socket() throws IOException {
        return prepared(newSocket(SOCK_STREAM));
    }

    private int newSocket(int type) throws IOException {
        try {
            return checked("socket", (int) SOCKET.invokeExact(state, AF_INET, type, 0));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private int prepared(int fd) throws IOException {
        option.set(JAVA_INT, 0, 1);
        option.set(JAVA_INT, 4, 0);
        setOption(fd, SOL_SOCKET, SO_LINGER, 8); // on, for no time
        setOption(fd, IPPROTO_TCP, TCP_NODELAY, 4);
        return fd;
    }

    private void setOption(int fd, int level, int name, int length) throws IOException {
        try {
            checked("setsockopt", (int) SETSOCKOPT.invokeExact(state, fd, level, name, option, length));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** A new socket that listens on a free port of 127.0.0.1. */
    int listener(int backlog) throws IOException {
        int fd = newSocket(SOCK_STREAM | SOCK_NONBLOCK);
        bind(fd, InetAddress.getLoopbackAddress());
        try {
            checked("listen", (int) LISTEN.invokeExact(state, fd, backlog));
            return fd;
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Accepts a connection; -1 if none waits. A short call, as a {@link #listener} does not block. */
    int accept(int listener) throws IOException {
        try {
            int fd = (int) ACCEPT.invokeExact(state, listener, MemorySegment.NULL, MemorySegment.NULL, 0);
            if (fd < 0 && (errno() == EAGAIN || errno() == ECONNABORTED || errno() == EINTR)) {
                return -1;
            }
            return prepared(checked("accept", fd));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** The port that {@code fd} is bound to. */
    int port(int fd) throws IOException {
        option.set(JAVA_INT, 0, 16);
        try {
            checked("getsockname", (int) GETSOCKNAME.invokeExact(state, fd, address, option));
            return address.get(NETWORK_SHORT, 2) & 0xFFFF;
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    void bind(int fd, InetAddress source) throws IOException {
        fill(new InetSocketAddress(source, 0));
        try {
            checked("bind to " + source, (int) BIND.invokeExact(state, fd, address, 16));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    void connect(int fd, InetSocketAddress server) throws IOException {
        fill(server);
        try {
            checked("connect to " + server, (int) CONNECT.invokeExact(state, fd, address, 16));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private void fill(InetSocketAddress to) {
        address.fill((byte) 0);
        address.set(JAVA_SHORT, 0, (short) AF_INET);
        address.set(NETWORK_SHORT, 2, (short) to.getPort());
        MemorySegment.copy(to.getAddress().getAddress(), 0, address, JAVA_BYTE, 4, 4);
    }

    void close(int fd) throws IOException {
        try {
            checked("close", (int) CLOSE.invokeExact(state, fd));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    int epoll() throws IOException {
        try {
            return checked("epoll_create1", (int) EPOLL_CREATE.invokeExact(state, 0));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** From now on {@link #epollWait} reports {@code fd} when {@code interest} can be done. */
    void watch(int epoll, int fd, Interest interest) throws IOException {
        control(epoll, EPOLL_CTL_ADD, fd, interest);
    }

    /** Reports something else of a watched {@code fd}. */
    void rewatch(int epoll, int fd, Interest interest) throws IOException {
        control(epoll, EPOLL_CTL_MOD, fd, interest);
    }

    private void control(int epoll, int operation, int fd, Interest interest) throws IOException {
        event.fill((byte) 0);
        event.set(UNALIGNED_INT, 0, events(interest));
        event.set(UNALIGNED_INT, EVENT_DATA, fd);
        try {
            checked("epoll_ctl", (int) EPOLL_CTL.invokeExact(state, epoll, operation, fd, event));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private static int events(Interest interest) {
        return switch (interest) {
            case RECEIVE -> EPOLLIN;
            case SEND -> EPOLLOUT;
            case BOTH -> EPOLLIN | EPOLLOUT;
        };
    }

    /** Waits for events; returns how many there are. */
    int epollWait(int epoll, int timeoutMillis) throws IOException {
        try {
            int count = (int) EPOLL_WAIT.invokeExact(state, epoll, events, MAX_EVENTS, timeoutMillis);
            return count < 0 && errno() == EINTR ? 0 : checked("epoll_wait", count);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** The socket of the event at {@code index} of the last {@link #epollWait}. */
    int eventSocket(int index) {
        return events.get(UNALIGNED_INT, index * EVENT_SIZE + EVENT_DATA);
    }

    /** Whether something can be sent there. */
    boolean isEventToSend(int index) {
        return (eventBits(index) & EPOLLOUT) != 0;
    }

    /** Whether something can be received there, or it has ended or failed, which receiving then tells. */
    boolean isEventToReceive(int index) {
        return (eventBits(index) & ~EPOLLOUT) != 0;
    }

    private int eventBits(int index) {
        return events.get(UNALIGNED_INT, index * EVENT_SIZE);
    }

    /** Receives without waiting; returns how many bytes, -1 at the end, 0 if nothing is there. */
    int receive(int fd, long address, long capacity) throws IOException {
        try {
            long count = (long) RECV.invokeExact(state, fd, address, capacity, MSG_DONTWAIT);
            return count > 0 ? (int) count : count == 0 ? -1 : orNothing("recv");
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Sends what fits without waiting; returns how many bytes that was. */
    int send(int fd, long address, long length) throws IOException {
        try {
            long count = (long) SEND.invokeExact(state, fd, address, length, MSG_DONTWAIT | MSG_NOSIGNAL);
            return count >= 0 ? (int) count : orNothing("send");
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private int orNothing(String call) throws IOException {
        return errno() == EAGAIN ? 0 : checked(call, -1);
    }

    private int errno() {
        return state.get(JAVA_INT, ERRNO_OFFSET);
    }

    private int checked(String call, int result) throws IOException {
        if (result < 0) {
            String cure = errno() == EMFILE ? " (too many open files: raise the limit with ulimit -n)" : "";
            throw new IOException(call + " failed: errno " + errno() + cure);
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
