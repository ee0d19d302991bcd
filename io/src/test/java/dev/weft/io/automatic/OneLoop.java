package dev.weft.io.automatic;

import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.LoopStatistics;
import dev.weft.Outcome;
import dev.weft.io.NoDescriptorLeaks;
import dev.weft.io.javanet.WeftSockets;
import dev.weft.spi.LoopListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One loop for code that blocks, and the proof that it does no harm there. For one test thread; pools and connections are
 * opened after it and closed before it:
 *
 * <pre>{@code
 * try (OneLoop one = OneLoop.open(); HikariDataSource pool = pool(50)) {
 *     List<Integer> answers = one.all(1000, number -> ask(pool, number));
 *     assertEquals(...);
 * }
 * }</pre>
 *
 * <p>{@link #close} fails if the loop was held for longer than {@link #LONGEST_SLICE} (and names the stacks), if a greenlet
 * failed that nobody joined by one of the methods here, if greenlets are left, and if sockets, selectors or threads are left that were not there at {@link #open}. That others ran while one
 * waited, a test shows with {@link #untilWaiting}.
 */
public final class OneLoop implements AutoCloseable {
    /** No greenlet may hold the loop for longer: class loading on a busy machine is slow, a call that blocks is slower. */
    public static final Duration LONGEST_SLICE = Duration.ofSeconds(2);

    /** Whether the sockets are Weft's, or the JDK's: the tests run with both. */
    private static final boolean WEFTS_SOCKETS = "weft".equals(System.getProperty("weft.test.sockets"));

    private static final Duration SUSPICIOUS_SLICE = Duration.ofMillis(500);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration PATIENCE_AT_THE_END = Duration.ofSeconds(15);
    private static final int STACKS_TOLD = 3;
    private static final int FRAMES_TOLD = 24;

    /** Threads of the JVM itself, which come and go as it likes. */
    private static final Set<String> GROUPS_OF_THE_JVM = Set.of("system", "InnocuousThreadGroup", "CarrierThreads");

    private final Queue<String> hogs = new ConcurrentLinkedQueue<>();
    private final Map<Greenlet<?>, Throwable> failed = new ConcurrentHashMap<>();
    private final Set<Greenlet<?>> joined = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> descriptors;
    private final Set<Thread> threads;
    private final Set<String> tolerated;
    private final LoopGroup group;
    private final Loop loop;

    /** What one of many greenlets does. */
    @FunctionalInterface
    public interface Task<T extends @Nullable Object> {
        /** Does it, as the greenlet of this {@code number}, from 0. */
        T run(int number) throws Exception;
    }

    private OneLoop(Set<String> tolerated) throws IOException {
        this.tolerated = tolerated;
        NoDescriptorLeaks.openWhatTheJdkKeeps();
        DriverManager.drivers().close(); // loads all drivers; MySQL's starts a thread that stays
        if (WEFTS_SOCKETS) {
            openWhatWeftsSocketsKeep();
        }
        descriptors = NoDescriptorLeaks.open();
        threads = platformThreads();
        group = LoopGroup.builder()
                .name("one")
                .hogAfter(SUSPICIOUS_SLICE)
                .listener(new HogListener())
                .uncaughtHandler(failed::put)
                .open();
        loop = group.next();
    }

    /** All sockets of the JVM are Weft's from now on. Threads that are not greenlets wait on a selector thread, which stays. */
    private static void openWhatWeftsSocketsKeep() throws IOException {
        WeftSockets.installForJvm();
        try (ServerSocket nobodyCalls = new ServerSocket(0)) {
            nobodyCalls.setSoTimeout(1);
            nobodyCalls.accept();
        } catch (SocketTimeoutException e) {
            // It has waited.
        }
    }

    /**
     * Opens it.
     *
     * @param keptThreads beginnings of the names of threads that a library starts once and keeps
     */
    public static OneLoop open(String... keptThreads) throws IOException {
        return new OneLoop(Set.of(keptThreads));
    }

    private final class HogListener implements LoopListener {
        @Override
        public void onHog(Loop held, Greenlet<?> greenlet, Duration duration, StackTraceElement[] where) {
            hogs.add(greenlet.name() + " for " + duration.toMillis() + " ms" + text(where));
        }
    }

    /** The loop. */
    public Loop loop() {
        return loop;
    }

    /** Spawns a greenlet, whose end {@link #join} waits for. */
    public <T extends @Nullable Object> Greenlet<T> spawn(Callable<T> body) {
        return loop.spawn(body);
    }

    /** Runs {@code body} in a greenlet, and gives its result or throws its failure. */
    public <T extends @Nullable Object> T call(Callable<T> body) {
        return join(spawn(body));
    }

    /** Waits for the end of {@code greenlet}, and gives its result or throws its failure; says where it hangs if it does. */
    public <T extends @Nullable Object> T join(Greenlet<T> greenlet) {
        joined.add(greenlet); // and it may have failed before
        try {
            return greenlet.join(PATIENCE);
        } catch (DeadlineExceeded e) {
            throw new AssertionError("has not ended after " + PATIENCE.toSeconds() + " s: " + standing(), e);
        }
    }

    /** Spawns {@code count} greenlets that do {@code task}. */
    public <T extends @Nullable Object> List<Greenlet<T>> spawnAll(int count, Task<T> task) {
        return IntStream.range(0, count)
                .mapToObj(number -> loop.spawn("number " + number, () -> task.run(number)))
                .toList();
    }

    /** Does {@code task} in {@code count} greenlets at once, and gives their results in order, or throws a failure. */
    public <T extends @Nullable Object> List<T> all(int count, Task<T> task) {
        return joinAll(spawnAll(count, task));
    }

    /** Gives the results of {@code greenlets} in order, or throws a failure. */
    public <T extends @Nullable Object> List<T> joinAll(List<Greenlet<T>> greenlets) {
        List<T> results = new ArrayList<>();
        for (Greenlet<T> greenlet : greenlets) {
            results.add(join(greenlet));
        }
        return results;
    }

    /** How each of {@code greenlets} ends, in order. */
    public <T extends @Nullable Object> List<Outcome<T>> outcomes(List<Greenlet<T>> greenlets) {
        List<Outcome<T>> outcomes = new ArrayList<>();
        for (Greenlet<T> greenlet : greenlets) {
            try {
                join(greenlet);
            } catch (AssertionError e) {
                throw e;
            } catch (Throwable e) {
                // It is in the outcome.
            }
            outcomes.add(greenlet.outcome());
        }
        return outcomes;
    }

    /** Blocks until {@code count} greenlets of the loop wait at the same time, at least: no call of theirs holds it. */
    public void untilWaiting(int count) {
        until(count + " greenlets wait", () -> loop.statistics().waiting() >= count);
    }

    /** Blocks the test's thread until {@code condition} holds; looks every millisecond. */
    public void until(String what, Callable<Boolean> condition) {
        if (!comesTrue(PATIENCE, condition)) {
            throw new AssertionError("did not happen in " + PATIENCE.toSeconds() + " s: " + what + "; " + standing());
        }
    }

    private static boolean comesTrue(Duration patience, Callable<Boolean> condition) {
        long begin = System.nanoTime();
        try {
            boolean holds = condition.call();
            while (!holds && System.nanoTime() - begin < patience.toNanos()) {
                LockSupport.parkNanos(1_000_000);
                holds = condition.call();
            }
            return holds;
        } catch (Exception e) {
            throw new AssertionError("cannot tell", e);
        }
    }

    /**
     * Closes the loop.
     *
     * @throws AssertionError if the loop was held, or something is left
     */
    @Override
    public void close() {
        List<String> complaints = new ArrayList<>();
        // One that has just been joined may still have to leave the list, and one that was adopted to end.
        if (!comesTrue(PATIENCE_AT_THE_END, () -> loop.greenlets().isEmpty())) {
            complaints.add("greenlets are left: " + standing());
        }
        group.close();
        LoopStatistics statistics = loop.statistics(); // the last words: before, the loop may not have counted all yet
        if (statistics.longestSlice().compareTo(LONGEST_SLICE) > 0) {
            complaints.add("the loop was held for " + statistics.longestSlice().toMillis() + " ms; seen: " + hogs);
        }
        if (statistics.pinned() > 0) {
            complaints.add(statistics.pinned() + " waits with a stack that could not be set aside");
        }
        failed.keySet().removeAll(joined);
        if (!failed.isEmpty()) {
            complaints.add(failed.size() + " failures nobody heard of, such as "
                    + failed.entrySet().iterator().next());
        }
        complainOfLeaks(complaints);
        if (!complaints.isEmpty()) {
            throw new AssertionError(String.join("\n", complaints));
        }
    }

    private void complainOfLeaks(List<String> complaints) {
        if (!comesTrue(PATIENCE_AT_THE_END, () -> newThreads().isEmpty())) {
            complaints.add("threads are left: " + newThreads());
        }
        if (!comesTrue(PATIENCE_AT_THE_END, () -> newDescriptors().isEmpty())) {
            complaints.add(
                    "descriptors are left, and this many more of each: " + newDescriptors() + "; " + openSockets());
        }
    }

    private static List<String> openSockets() {
        try {
            return NoDescriptorLeaks.sockets();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, Integer> newDescriptors() {
        try {
            Map<String, Integer> more = new TreeMap<>();
            NoDescriptorLeaks.open()
                    .forEach((kind, count) -> more.put(kind, count - descriptors.getOrDefault(kind, 0)));
            more.values().removeIf(count -> count <= 0);
            return more;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Set<String> newThreads() {
        return platformThreads().stream()
                .filter(thread -> !threads.contains(thread))
                .map(Thread::getName)
                .filter(name -> tolerated.stream().noneMatch(name::startsWith))
                .collect(Collectors.toSet());
    }

    private static Set<Thread> platformThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(OneLoop::isNotOfTheJvm)
                .collect(Collectors.toSet());
    }

    private static boolean isNotOfTheJvm(Thread thread) {
        ThreadGroup of = thread.getThreadGroup();
        if (thread.getName().startsWith("weft")) {
            return of != null; // the runtime's own are in the JVM's group
        }
        return of != null
                && !GROUPS_OF_THE_JVM.contains(of.getName())
                && !thread.getName().startsWith("ForkJoinPool.commonPool")
                && !thread.getName().startsWith("junit-");
    }

    /** How many greenlets stand in which state, and where some of them do. */
    private String standing() {
        List<Greenlet<?>> alive = loop.greenlets();
        return alive.stream().collect(Collectors.groupingBy(Greenlet::state, Collectors.counting()))
                + alive.stream()
                        .limit(STACKS_TOLD)
                        .map(greenlet -> "\n" + greenlet.name() + " " + greenlet.state() + " " + greenlet.waitingOn()
                                + text(greenlet.stackTrace()))
                        .collect(Collectors.joining());
    }

    private static String text(StackTraceElement[] stack) {
        return Arrays.stream(stack)
                .limit(FRAMES_TOLD)
                .map(frame -> "\n    at " + frame)
                .collect(Collectors.joining());
    }
}
