package dev.weft.bench.cost;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import dev.weft.lowlevel.Suspension;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What goes on all the time allocates nothing. A thread's allocation is counted by the JVM, and what a greenlet allocates
 * counts for the thread that carries it. The least of several windows is taken, so that what the compiler or a collection
 * does once is left out: after a collection, for one, the JDK makes a new chunk for a stack that was set aside. On a busy
 * machine the compiler may take long to see that an object need not be allocated.
 */
@Timeout(120)
class AllocationGuardTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WINDOWS = 60; // at most
    private static final int OPERATIONS = 10_000;
    private static final double NOTHING = 0.5; // asking for the count allocates, too

    private final LoopGroup group = LoopGroup.open();
    private final Loop loop = group.next();

    @AfterEach
    void close() {
        group.close();
    }

    private interface Operation {
        void run() throws Exception;
    }

    @Test
    void theCountSeesWhatAGreenletAllocates() throws Exception {
        byte[][] last = new byte[1][];
        double bytes = bytesEach(() -> last[0] = new byte[100]);
        assertTrue(bytes >= 100, () -> "bytes: " + bytes);
    }

    @Test
    void aYieldAllocatesNothing() throws Exception {
        Greenlet<?> other = loop.spawn(() -> {
            while (true) {
                Weft.yieldNow();
            }
        });
        assertNothing(Weft::yieldNow);
        other.kill();
    }

    @Test
    void aWaitAndItsEndAllocateNothing() throws Exception {
        assertWaitAllocatesNothing(Tasks.Gate::pass);
    }

    @Test
    void aWaitWithALimitAllocatesNothing() throws Exception {
        assertWaitAllocatesNothing(gate -> gate.passWithin(TimeUnit.MINUTES.toNanos(1)));
    }

    @FunctionalInterface
    private interface WaitAt {
        void gate(Tasks.Gate gate) throws Exception;
    }

    /** Has another greenlet open the gate at which {@code wait} waits. */
    private void assertWaitAllocatesNothing(WaitAt wait) throws Exception {
        try (GreenletTasks tasks = new GreenletTasks()) {
            Tasks.Gate there = tasks.newGate();
            Tasks.Gate back = tasks.newGate();
            Greenlet<?> other = loop.spawn(() -> {
                while (true) {
                    there.pass();
                    back.open();
                }
            });
            assertNothing(() -> {
                there.open();
                wait.gate(back);
            });
            other.kill();
        }
    }

    @Test
    void anEchoAllocatesNothingAtEitherEnd() throws Exception {
        InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        TcpServer server = loop.spawn(() -> TcpServer.start(anywhere, stream -> {
                    ByteBuffer buffer = ByteBuffer.allocateDirect(64);
                    while (stream.read(buffer.clear()) >= 0) {
                        stream.write(buffer.flip());
                    }
                }))
                .join();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
        TcpStream client = loop.spawn(() -> TcpStream.connect(address)).join();
        ByteBuffer buffer = ByteBuffer.allocateDirect(64);
        assertNothing(() -> {
            client.write(buffer.clear());
            buffer.clear();
            while (buffer.hasRemaining()) {
                client.read(buffer);
            }
        });
        loop.spawn(client::close).join();
        server.close();
    }

    private void assertNothing(Operation operation) throws Exception {
        double bytes = bytesEach(operation);
        assertTrue(bytes < NOTHING, () -> "bytes: " + bytes);
    }

    /** In one greenlet. */
    private double bytesEach(Operation operation) throws Exception {
        CompletableFuture<Long> carrier = new CompletableFuture<>();
        Suspension.post(loop, () -> carrier.complete(Thread.currentThread().threadId()));
        long thread = carrier.get();
        return loop.spawn(() -> {
                    double least = Double.MAX_VALUE;
                    for (int window = 0; window < WINDOWS && least >= NOTHING; window++) {
                        long before = THREADS.getThreadAllocatedBytes(thread);
                        for (int i = 0; i < OPERATIONS; i++) {
                            operation.run();
                        }
                        long bytes = THREADS.getThreadAllocatedBytes(thread) - before;
                        least = Math.min(least, bytes / (double) OPERATIONS);
                    }
                    return least;
                })
                .join();
    }
}
