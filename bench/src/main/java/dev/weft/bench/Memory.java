package dev.weft.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.bench.load.Load;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import dev.weft.lowlevel.WaitQueue;
import dev.weft.lowlevel.Waiter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What greenlets hold while they do nothing: heap after a full collection, with them and without. Each scene says one line
 * of JSON. Direct memory and the kernel's buffers are not heap.
 */
@Command(
        name = "memory",
        mixinStandardHelpOptions = true,
        description = "Heap of parked greenlets, idle connections and sleepers; and how late sleepers are.")
final class Memory implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final int BUFFER_SIZE = 4096;
    private static final String BYTES_EACH = "bytesEach";
    private static final int BUSY_SECONDS = 5; // until the code is compiled

    @Option(names = "--parked", defaultValue = "100000", description = "Parked greenlets (${DEFAULT-VALUE}).")
    private int parked;

    @Option(names = "--connections", defaultValue = "9000", description = "Idle connections (${DEFAULT-VALUE}).")
    private int connections;

    @Option(names = "--sleepers", defaultValue = "1000000", description = "Sleeping greenlets (${DEFAULT-VALUE}).")
    private int sleepers;

    @Option(names = "--sleep", defaultValue = "20", description = "Seconds that each sleeps (${DEFAULT-VALUE}).")
    private long sleepSeconds;

    private final ByteBuffer shared = ByteBuffer.allocateDirect(BUFFER_SIZE);
    private long latestNanos;

    @Override
    public Integer call() throws IOException {
        tell("a parked greenlet", coldAndWarm(4, this::parkedGreenlets));
        tell("an idle connection, its buffers aside", coldAndWarm(2, this::idleConnections));
        tell("sleeping greenlets", inALoop(this::sleepingGreenlets));
        return 0;
    }

    private interface Scene {
        Map<String, Object> play(Loop loop) throws IOException;
    }

    private static Map<String, Object> inALoop(Scene scene) throws IOException {
        try (LoopGroup group = LoopGroup.open()) {
            Loop loop = group.next();
            afterAllOthers(loop); // the classes are loaded by now
            try (Loop.Handle spawner = loop.keepAlive()) {
                Objects.requireNonNull(spawner);
                return scene.play(loop);
            }
        }
    }

    /**
     * Plays a scene again and again. The first time its code is interpreted, whose frames are larger, and a stack that was
     * set aside then keeps its size; the last time it is compiled.
     */
    private static Map<String, Object> coldAndWarm(int rehearsals, Scene scene) throws IOException {
        Object cold = "";
        for (int i = 0; i < rehearsals; i++) {
            Map<String, Object> figures = inALoop(scene);
            cold = i == 0 ? figures.getOrDefault(BYTES_EACH, "") : cold;
        }
        Map<String, Object> figures = new LinkedHashMap<>(inALoop(scene));
        figures.put("coldBytesEach", cold);
        return figures;
    }

    private static void tell(String scene, Map<String, Object> figures) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("scene", scene);
        line.putAll(figures);
        try {
            System.out.println(new ObjectMapper().writeValueAsString(line));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, Object> parkedGreenlets(Loop loop) {
        Never never = new Never();
        long before = usedHeap();
        for (int i = 0; i < parked; i++) {
            loop.spawn(() -> Weft.await(never));
        }
        afterAllOthers(loop);
        return each(parked, usedHeap() - before);
    }

    private Map<String, Object> idleConnections(Loop loop) throws IOException {
        int possible = DescriptorLimit.current().connections(connections);
        InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        TcpServer server =
                loop.spawn(() -> TcpServer.start(anywhere, this::echo)).join(IOException.class);
        long before = usedHeap();
        List<String> arguments = List.of(
                "--enable-native-access=ALL-UNNAMED",
                Bench.class.getName(),
                "load",
                "--port=" + server.port(),
                "--server-pid=" + ProcessHandle.current().pid(),
                "--connections=" + possible,
                "--warm-up=" + BUSY_SECONDS,
                "--window=0");
        try (Child load = Child.java("load generator", List.of(), arguments)) {
            String line = load.nextLine(PATIENCE);
            while (!line.startsWith(Load.RESULT)) {
                line = load.nextLine(PATIENCE);
            }
            Map<String, Object> figures = each(server.connections(), usedHeap() - before);
            load.finish(GRACE);
            return figures;
        }
    }

    /** All connections have one buffer: it is in use only between a read that has ended and the write. */
    private void echo(TcpStream stream) throws IOException {
        while (stream.read(shared.clear()) >= 0) {
            stream.write(shared.flip());
        }
    }

    private Map<String, Object> sleepingGreenlets(Loop loop) {
        long before = usedHeap();
        Duration sleep = Duration.ofSeconds(sleepSeconds);
        Greenlet<Void> all = loop.spawn(() -> {
            for (int i = 0; i < sleepers; i++) {
                Weft.spawn(() -> sleepOnce(sleep));
            }
            return null;
        });
        all.join();
        afterAllOthers(loop);
        long held = usedHeap() - before;
        while (loop.statistics().alive() > 0) {
            sleepAWhile();
        }
        return Map.of(
                "count",
                sleepers,
                "heapMiB",
                held >> 20,
                "bytesEach",
                held / sleepers,
                "latestMillisAfterDeadline",
                latestNanos / 1_000_000);
    }

    private void sleepOnce(Duration sleep) {
        long deadline = System.nanoTime() + sleep.toNanos();
        Weft.sleep(sleep);
        latestNanos = Math.max(latestNanos, System.nanoTime() - deadline);
    }

    private static void sleepAWhile() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted", e);
        }
    }

    /** Returns when all that were spawned before have had their first turn: the queue is first in, first out. */
    private static void afterAllOthers(Loop loop) {
        loop.spawn(() -> Weft.yieldNow()).join();
    }

    private static Map<String, Object> each(int count, long bytes) {
        return Map.of("count", count, BYTES_EACH, bytes / count);
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) { // what the first one makes unreachable, the next ones free
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** Nobody ever completes it. */
    private static final class Never implements Awaitable<@Nullable Void> {
        private final WaitQueue<@Nullable Void> waiters = new WaitQueue<>();

        @Override
        public void subscribe(Waiter<? super @Nullable Void> waiter) {
            waiters.add(waiter);
        }

        @Override
        public boolean unsubscribe(Waiter<? super @Nullable Void> waiter) {
            waiters.remove(waiter);
            return true;
        }
    }
}
