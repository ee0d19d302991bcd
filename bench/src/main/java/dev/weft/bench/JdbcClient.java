package dev.weft.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.weft.LoopGroup;
import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.rival.Contender;
import dev.weft.io.javanet.WeftSockets;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One run of the {@code jdbc} command, in a process of its own: says one line of JSON, {@link JdbcFigures}. */
@Command(name = "jdbc-client", hidden = true, description = "A run of the jdbc command.")
final class JdbcClient implements Callable<Integer> {
    private static final long NANOS_A_SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long PATIENCE_MILLIS = 30_000;

    @Option(names = "--on", required = true)
    private Contender contender = Contender.SOCKETS;

    @Option(names = "--loops", required = true)
    private int loops;

    @Option(names = "--url", required = true)
    private String url = "";

    @Option(names = "--query", required = true)
    private String query = "";

    @Option(names = "--tasks", required = true)
    private int tasks;

    @Option(names = "--connections", required = true)
    private int connections;

    @Option(names = "--warm-up", required = true)
    private double warmUpSeconds;

    @Option(names = "--window", required = true)
    private double windowSeconds;

    private final Histogram latencies = new ConcurrentHistogram(2);
    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private volatile boolean measuring;
    private volatile boolean ending;

    @Override
    public Integer call() throws Exception {
        if (contender == Contender.SOCKETS) {
            WeftSockets.installForJvm();
        }
        try (HikariDataSource pool = pool()) {
            CountDownLatch ended = new CountDownLatch(tasks);
            Runnable task = () -> askUntilTheEnd(pool, ended);
            JdbcFigures figures = switch (contender) {
                case SOCKETS, SOCKETS_JDK -> onGreenlets(task, ended);
                case SOCKETS_VIRTUAL -> measure(Thread::startVirtualThread, task, ended);
                case SOCKETS_THREADS -> measure(body -> Thread.ofPlatform().start(body), task, ended);
                default ->
                    throw new BenchFailure("--on: JDBC is spoken over java.net, so on one of sockets, sockets_jdk,"
                            + " sockets_virtual, sockets_threads and not on " + contender);
            };
            System.out.println(new ObjectMapper().writeValueAsString(figures));
        }
        return 0;
    }

    private JdbcFigures onGreenlets(Runnable task, CountDownLatch ended) throws InterruptedException, IOException {
        try (LoopGroup group = LoopGroup.builder().loops(loops).open()) {
            return measure(body -> group.spawn(body::run), task, ended);
        }
    }

    private HikariDataSource pool() {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setMaximumPoolSize(connections);
        config.setConnectionTimeout(PATIENCE_MILLIS);
        return new HikariDataSource(config);
    }

    private JdbcFigures measure(Consumer<Runnable> starter, Runnable task, CountDownLatch ended)
            throws InterruptedException, IOException {
        for (int i = 0; i < tasks; i++) {
            starter.accept(task);
        }
        pause(warmUpSeconds);
        long cpuBefore = cpuNanos();
        long begin = System.nanoTime();
        measuring = true;
        pause(windowSeconds);
        measuring = false;
        long nanos = System.nanoTime() - begin;
        long cpu = cpuNanos() - cpuBefore;
        ending = true;
        ended.await();
        Exception failed = failure.get();
        if (failed != null) {
            throw new BenchFailure("a task failed: " + failed, failed);
        }
        return figures(nanos, cpu);
    }

    private static void pause(double seconds) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep((long) (seconds * NANOS_A_SECOND));
    }

    private static long cpuNanos() throws IOException {
        return dev.weft.bench.load.ProcessUsage.of(ProcessHandle.current().pid())
                .cpuNanos();
    }

    private JdbcFigures figures(long nanos, long cpuNanos) {
        long answers = latencies.getTotalCount();
        if (answers == 0) {
            throw new BenchFailure("no answer came in the window of " + windowSeconds + " s; make it longer");
        }
        return new JdbcFigures(
                (double) answers * NANOS_A_SECOND / nanos,
                latencies.getValueAtPercentile(50) / 1e6,
                latencies.getValueAtPercentile(99) / 1e6,
                latencies.getMaxValue() / 1e6,
                cpuNanos / 1e3 / answers);
    }

    /** The same code for all contenders. */
    private void askUntilTheEnd(HikariDataSource pool, CountDownLatch ended) {
        try {
            while (!ending && failure.get() == null) {
                long begin = System.nanoTime();
                ask(pool);
                if (measuring) {
                    latencies.recordValue(System.nanoTime() - begin);
                }
            }
        } catch (Exception e) {
            failure.compareAndSet(null, e);
        } finally {
            ended.countDown();
        }
    }

    private void ask(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement(query);
                ResultSet rows = statement.executeQuery()) {
            if (!rows.next()) {
                throw new BenchFailure("the query must give a row: " + query);
            }
        }
    }
}
