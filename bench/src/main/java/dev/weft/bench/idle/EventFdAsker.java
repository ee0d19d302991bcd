package dev.weft.bench.idle;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.weft.bench.machine.BenchFailure;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.time.Duration;

/**
 * Two platform threads that wake each other through an {@code eventfd} for each direction, with nothing but the system calls: the
 * least that two threads on Linux need. Needs {@code --enable-native-access=ALL-UNNAMED}.
 */
final class EventFdAsker implements Asker {
    private static final MethodHandle EVENTFD = link("eventfd", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    private static final MethodHandle READ =
            link("read", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle WRITE =
            link("write", FunctionDescriptor.of(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG));
    private static final MethodHandle CLOSE = link("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private final int questions = newEventFd();
    private final int answers = newEventFd();
    private final Thread answering = Thread.ofPlatform().daemon().name("answer").start(this::answer);
    private volatile boolean closing;

    @SuppressWarnings("restricted") // this class is what the native access is for
    private static MethodHandle link(String name, FunctionDescriptor function) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), function);
    }

    private static int newEventFd() {
        try {
            int descriptor = (int) EVENTFD.invokeExact(0, 0);
            if (descriptor < 0) {
                throw new BenchFailure("eventfd failed: no descriptors are left; raise the limit with ulimit -n");
            }
            return descriptor;
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private void answer() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment counter = arena.allocate(JAVA_LONG);
            await(questions, counter);
            while (!closing) {
                signal(answers, counter);
                await(questions, counter);
            }
        }
    }

    @Override
    public double[] ask(int count, Duration pause) throws InterruptedException {
        double[] nanos = new double[count];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment counter = arena.allocate(JAVA_LONG);
            for (int i = 0; i < count; i++) {
                if (pause.isPositive()) {
                    Thread.sleep(pause);
                }
                long start = System.nanoTime();
                signal(questions, counter);
                await(answers, counter);
                nanos[i] = System.nanoTime() - start;
            }
        }
        return nanos;
    }

    /** Adds one to the event's counter, which wakes the thread that awaits it. */
    private static void signal(int event, MemorySegment counter) {
        counter.set(JAVA_LONG, 0, 1);
        try {
            long written = (long) WRITE.invokeExact(event, counter, JAVA_LONG.byteSize());
            requireWhole(written, "write");
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** Blocks until the event's counter is above zero, and resets it. */
    private static void await(int event, MemorySegment counter) {
        try {
            long read = (long) READ.invokeExact(event, counter, JAVA_LONG.byteSize());
            requireWhole(read, "read");
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private static void requireWhole(long bytes, String call) {
        if (bytes != JAVA_LONG.byteSize()) {
            throw new BenchFailure(call + " of an eventfd returned " + bytes);
        }
    }

    private static RuntimeException unexpected(Throwable thrown) {
        return thrown instanceof BenchFailure failure
                ? failure
                : new IllegalStateException("system call not possible", thrown);
    }

    @Override
    public void close() {
        closing = true;
        try (Arena arena = Arena.ofConfined()) {
            signal(questions, arena.allocate(JAVA_LONG));
        }
        try {
            answering.join();
            close(questions);
            close(answers);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the descriptors stay open until the process exits
        }
    }

    private static void close(int descriptor) {
        try {
            int result = (int) CLOSE.invokeExact(descriptor);
            if (result != 0) {
                throw new BenchFailure("close of an eventfd failed");
            }
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }
}
