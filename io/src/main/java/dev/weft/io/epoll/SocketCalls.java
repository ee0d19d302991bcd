package dev.weft.io.epoll;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;

/**
 * recv and send of Linux, which never block here. They are called without the change of the thread's state that a native call
 * usually needs, and without a channel's locks. Bytes pass through a buffer of this object, so any buffer of a caller will do. A
 * call delays a safepoint by its duration, a few microseconds. Confined to one thread.
 */
final class SocketCalls {
    /** The most bytes per call. */
    static final int LARGEST = 64 * 1024;

    /** The result of {@link #receive} when the peer has reset the connection. */
    static final int RESET = -2;

    private static final int END = -1;
    private static final int DONT_WAIT = 0x40;
    private static final int NO_SIGNAL = 0x4000;
    private static final int EINTR = 4;
    private static final int EAGAIN = 11;
    private static final int ECONNRESET = 104;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final long ERRNO_OFFSET =
            Linker.Option.captureStateLayout().byteOffset(MemoryLayout.PathElement.groupElement("errno"));
    private static final FunctionDescriptor TRANSFER =
            FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle RECV = link("recv", TRANSFER, ERRNO, Linker.Option.critical(false));
    private static final MethodHandle SEND = link("send", TRANSFER, ERRNO, Linker.Option.critical(false));
    private static final MethodHandle STRERROR = link("strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));
    private static final long LONGEST_TEXT = 256;

    private final MemorySegment state = Arena.ofAuto().allocate(Linker.Option.captureStateLayout());
    private final MemorySegment memory = Arena.ofAuto().allocate(LARGEST, 64);
    private final ByteBuffer bytes = memory.asByteBuffer();

    @SuppressWarnings("restricted") // native access is enabled for this class
    private static MethodHandle link(String name, FunctionDescriptor function, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), function, options);
    }

    /**
     * Receives what there is, at most {@link #LARGEST} bytes and as much as fits. Returns the number of bytes, 0 if there are none,
     * -1 at the end of the stream, or {@link #RESET}.
     */
    int receive(int descriptor, ByteBuffer target) throws IOException {
        long count;
        do {
            count = received(descriptor, Math.min(target.remaining(), LARGEST)); // never past the end of the memory
        } while (count < 0 && errno() == EINTR);
        if (count > 0) {
            target.put(target.position(), bytes, 0, (int) count);
            target.position(target.position() + (int) count);
            return (int) count;
        }
        if (count == 0) {
            return END;
        }
        return switch (errno()) {
            case EAGAIN -> 0;
            case ECONNRESET -> RESET;
            default -> throw failure();
        };
    }

    /** Sends as much of {@code source}, at most {@link #LARGEST} bytes, as the socket accepts. Returns the number of bytes. */
    int send(int descriptor, ByteBuffer source) throws IOException {
        int length = Math.min(source.remaining(), LARGEST);
        bytes.put(0, source, source.position(), length);
        long count;
        do {
            count = sent(descriptor, length);
        } while (count < 0 && errno() == EINTR);
        if (count >= 0) {
            source.position(source.position() + (int) count);
            return (int) count;
        }
        if (errno() == EAGAIN) {
            return 0;
        }
        throw failure();
    }

    private long received(int descriptor, long room) {
        try {
            return (long) RECV.invokeExact(state, descriptor, memory, room, DONT_WAIT);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private long sent(int descriptor, long length) {
        try {
            return (long) SEND.invokeExact(state, descriptor, memory, length, NO_SIGNAL | DONT_WAIT);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private static IllegalStateException unexpected(Throwable thrown) {
        return new IllegalStateException("system call failed unexpectedly", thrown);
    }

    private int errno() {
        return state.get(JAVA_INT, ERRNO_OFFSET);
    }

    @SuppressWarnings("restricted") // the text is constant and ends with a zero byte
    private IOException failure() {
        try {
            MemorySegment text = (MemorySegment) STRERROR.invokeExact(errno());
            return new IOException(text.reinterpret(LONGEST_TEXT).getString(0));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }
}
