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
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * An instance of Linux's epoll with an eventfd for wake-ups, called through the Foreign Function and Memory API. All methods
 * except {@link #wake} are confined to one thread.
 */
final class Epoll {
    static final int IN = 1;
    static final int URGENT = 2;
    static final int OUT = 4;

    /** The peer has sent its end, which may follow bytes that have not been read. */
    static final int ENDED = 0x2000;

    /** Error and hang-up, which epoll always reports. */
    static final int BROKEN = 0x8 | 0x10;

    /** Reports a descriptor once for each change, instead of for as long as it is ready. */
    static final int EDGE_TRIGGERED = 1 << 31;

    private static final int ADD = 1;
    private static final int DELETE = 2;
    private static final int MODIFY = 3;
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int NON_BLOCKING = 0x800;
    private static final int NONE = -1;
    private static final int EINTR = 4;
    private static final int ENFILE = 23;
    private static final int EMFILE = 24;
    private static final int ENOSPC = 28;

    // struct epoll_event is packed only on x86-64.
    private static final boolean PACKED = System.getProperty("os.arch").equals("amd64");
    private static final long EVENT_SIZE = PACKED ? 12 : 16;
    private static final long EVENT_DATA = PACKED ? 4 : 8;
    private static final ValueLayout.OfInt FIELD = JAVA_INT.withByteAlignment(1);

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
    private static final long ERRNO_OFFSET =
            Linker.Option.captureStateLayout().byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle CREATE = call("epoll_create1", JAVA_INT, JAVA_INT);
    private static final MethodHandle CONTROL = call("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle WAIT = call("epoll_wait", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle EVENTFD = call("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = call("close", JAVA_INT, JAVA_INT);
    /**
     * Called by any thread, so it does not capture errno. It can fail only if the counter is at its limit, in which case a
     * wake-up is already pending.
     */
    private static final MethodHandle WRITE =
            link("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));

    private static final MemorySegment ONE = Arena.global().allocateFrom(JAVA_LONG, 1);

    private final MemorySegment state = Arena.ofAuto().allocate(Linker.Option.captureStateLayout());
    private final MemorySegment change = Arena.ofAuto().allocate(EVENT_SIZE, 8);
    private final MemorySegment events;
    private final int capacity;
    private final int epoll;
    private final int wakeUps;

    /** Creates an instance that reports up to {@code capacity} events at a time. */
    Epoll(int capacity) throws IOException {
        this.capacity = capacity;
        events = Arena.ofAuto().allocate(EVENT_SIZE * capacity, 8);
        epoll = create();
        int counting = NONE;
        try {
            counting = eventDescriptor();
            wakeUps = counting;
            add(counting, IN | EDGE_TRIGGERED); // a wake-up need not be read to be consumed
        } catch (Throwable t) {
            closeIfOpen(counting);
            closeIfOpen(epoll);
            throw t;
        }
    }

    private static MethodHandle call(String name, MemoryLayout result, MemoryLayout... arguments) {
        return link(name, FunctionDescriptor.of(result, arguments), ERRNO);
    }

    @SuppressWarnings("restricted") // native access is enabled for this class
    private static MethodHandle link(String name, FunctionDescriptor function, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), function, options);
    }

    private int create() throws IOException {
        try {
            return checked("epoll_create1", (int) CREATE.invokeExact(state, CLOSE_ON_EXEC));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private int eventDescriptor() throws IOException {
        try {
            return checked("eventfd", (int) EVENTFD.invokeExact(state, 0, CLOSE_ON_EXEC | NON_BLOCKING));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Starts reporting {@code operations} of {@code descriptor}. */
    void add(int descriptor, int operations) throws IOException {
        control(ADD, descriptor, operations);
    }

    /** Changes the operations that are reported for a {@code descriptor} that was added. */
    void modify(int descriptor, int operations) throws IOException {
        control(MODIFY, descriptor, operations);
    }

    /** Stops reporting for a {@code descriptor} that was added. */
    void delete(int descriptor) throws IOException {
        control(DELETE, descriptor, 0);
    }

    private void control(int operation, int descriptor, int operations) throws IOException {
        change.set(FIELD, 0, operations);
        change.set(FIELD, EVENT_DATA, descriptor);
        try {
            checked("epoll_ctl", (int) CONTROL.invokeExact(state, epoll, operation, descriptor, change));
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Waits for events, without limit if {@code millis} is negative, and returns their number. */
    int await(int millis) throws IOException {
        long begin = millis > 0 ? System.nanoTime() : 0;
        int left = millis;
        while (true) {
            int count = waited(left);
            if (count >= 0 || errno() != EINTR) {
                return checked("epoll_wait", count);
            }
            if (millis > 0) { // interrupted by a signal, such as a profiler's
                left = (int) Math.max(0, millis - (System.nanoTime() - begin) / 1_000_000);
            }
        }
    }

    private int waited(int millis) throws IOException {
        try {
            return (int) WAIT.invokeExact(state, epoll, events, capacity, millis);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Returns the descriptor of the event at {@code index} of the last {@link #await}. */
    int descriptor(int index) {
        return events.get(FIELD, index * EVENT_SIZE + EVENT_DATA);
    }

    /** Returns the operations that the event at {@code index} reports as possible. */
    int operations(int index) {
        return events.get(FIELD, index * EVENT_SIZE);
    }

    /**
     * Makes the current or the next {@link #await} return, with an event for which {@link #isWakeUp} is true. Any thread, until
     * this is closed.
     */
    void wake() {
        try {
            long written = (long) WRITE.invokeExact(wakeUps, ONE, JAVA_LONG.byteSize());
            assert written == JAVA_LONG.byteSize();
        } catch (Throwable t) {
            throw new IllegalStateException("system call failed unexpectedly", t);
        }
    }

    /** Returns whether {@code descriptor} is the one for wake-ups. */
    boolean isWakeUp(int descriptor) {
        return descriptor == wakeUps;
    }

    void close() {
        closeIfOpen(wakeUps);
        closeIfOpen(epoll);
    }

    /** Closes {@code descriptor}, if any. Ignores errors: the descriptor is released anyway, and no data can be lost. */
    private void closeIfOpen(int descriptor) {
        try {
            if (descriptor != NONE) {
                int ignored = (int) CLOSE.invokeExact(state, descriptor);
            }
        } catch (Throwable t) {
            throw new IllegalStateException("system call failed unexpectedly", t);
        }
    }

    private int errno() {
        return state.get(JAVA_INT, ERRNO_OFFSET);
    }

    private int checked(String call, int result) throws IOException {
        if (result < 0) {
            int errno = errno();
            throw new IOException(call + " failed: errno " + errno + remedyFor(errno));
        }
        return result;
    }

    private static String remedyFor(int errno) {
        return switch (errno) {
            case EMFILE, ENFILE -> " (too many open files; raise the limit with ulimit -n)";
            case ENOSPC -> " (too many watched files; raise /proc/sys/fs/epoll/max_user_watches)";
            default -> "";
        };
    }

    private static IOException unexpected(Throwable thrown) throws IOException {
        if (thrown instanceof IOException expected) {
            throw expected;
        }
        throw new IllegalStateException("system call failed unexpectedly", thrown);
    }
}
