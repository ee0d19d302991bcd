package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.spi.Holding;
import dev.weft.spi.LoopListener;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is told of a greenlet, or of something else, that holds its loop. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class HogReportTest {
    private final CompletableFuture<Holding> seen = new CompletableFuture<>();

    private final LoopListener listener = new LoopListener() {
        @Override
        public void onHog(Loop loop, Greenlet<?> greenlet, Duration held, StackTraceElement[] where) {
            seen.complete(Holding.of(where));
        }

        @Override
        public void onBlockedLoop(Loop loop, String what, Duration held, StackTraceElement[] where) {
            seen.complete(Holding.of(where));
        }
    };

    private LoopGroup open(int loops) {
        return LoopGroup.builder()
                .loops(loops)
                .hogAfter(Duration.ofMillis(20))
                .listener(listener)
                .open();
    }

    /** What is reported of {@code body}, which goes on until it has been seen. */
    private List<String> reportOf(Callable<?> body) throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            try (LoopGroup group = open(1)) {
                group.next().spawn("hog", body).join();
            }
            return log.lines.get(0).lines().toList();
        }
    }

    private void spin() {
        while (!seen.isDone()) {
            Thread.onSpinWait();
        }
    }

    private static void assertLine(List<String> report, String part) {
        assertTrue(report.stream().anyMatch(line -> line.contains(part)), () -> part + " in " + report);
    }

    /** For an expression that tries all ways to divide a text: each character is looked at through this. */
    private final class Text implements CharSequence {
        @Override
        public int length() {
            return 60;
        }

        @Override
        public char charAt(int index) {
            if (seen.isDone()) {
                throw new IllegalStateException("seen");
            }
            return 'x';
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            throw new UnsupportedOperationException();
        }
    }

    private boolean match() {
        try {
            return Pattern.compile("(x|xx)+\\1?y").matcher(new Text()).matches();
        } catch (IllegalStateException e) {
            return false;
        }
    }

    @Test
    void theReportIsABlockWithTheApplicationsFramesBelowThoseOfTheJdk() throws Exception {
        List<String> report = reportOf(this::match);
        assertTrue(report.getFirst().startsWith("greenlet \"hog\" has held loop weft-0 for "), report::toString);
        assertTrue(report.getFirst().contains(" ms: computing at dev.weft.HogReportTest"), report::toString);
        assertLine(report, " frames of java.util.regex");
        assertLine(report, "    at dev.weft.HogReportTest.match(HogReportTest.java:");
        assertLine(report, "  spawned at dev.weft.HogReportTest.");
        assertLine(report, "Weft.compute(() -> ...)");
        assertTrue(report.size() < 30, report::toString);
    }

    private static final ThreadLocal<@Nullable Runnable> INITIALISING = new ThreadLocal<>();

    private static int initialise() {
        Runnable body = INITIALISING.get();
        if (body != null) {
            body.run();
        }
        return 1;
    }

    static final class Slow {
        static final int ONE = initialise();

        private Slow() {}
    }

    @Test
    void anInitialiserThatTakesLongIsNoComputation() throws Exception {
        List<String> report = reportOf(() -> {
            INITIALISING.set(this::spin);
            return Slow.ONE;
        });
        assertEquals(Holding.LOADING_CLASSES, seen.join());
        assertTrue(
                report.getFirst().contains(": initialising class dev.weft.HogReportTest$Slow, at "), report::toString);
        assertLine(report, "when the program starts");
    }

    @Test
    void aClassThatIsLoadedForLongIsNoComputation() throws Exception {
        ClassLoader slow = new ClassLoader(null) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                spin();
                throw new ClassNotFoundException(name);
            }
        };
        List<String> report = reportOf(() -> {
            try {
                return slow.loadClass("com.acme.Absent");
            } catch (ClassNotFoundException e) {
                return e;
            }
        });
        assertEquals(Holding.LOADING_CLASSES, seen.join());
        assertTrue(report.getFirst().contains(": loading classes, at dev.weft.HogReportTest"), report::toString);
    }

    static final class NeedsMonitor {
        static final int ONE = initialise();

        private NeedsMonitor() {}
    }

    static final class NeedsTheSame {
        static final int ONE = initialise();

        private NeedsTheSame() {}
    }

    /** The holder is on another loop here, and can go on; on the same one it could not, and neither could this test. */
    @Test
    void oneThatIsBlockedByAMonitorIsToldWithTheMonitorAndItsHolder() throws Exception {
        Object monitor = new Object();
        String identity = "java.lang.Object@" + Integer.toHexString(System.identityHashCode(monitor));
        CompletableFuture<Integer> release = new CompletableFuture<>();
        CountDownLatch held = new CountDownLatch(1);
        try (CapturedLog log = new CapturedLog()) {
            try (LoopGroup group = open(2)) {
                Greenlet<?> holder = group.loops().get(1).spawn("holder", () -> {
                    synchronized (monitor) {
                        held.countDown();
                        return Weft.await(release);
                    }
                });
                held.await();
                Greenlet<Integer> blocked = group.loops().get(0).spawn("blocked", () -> {
                    INITIALISING.set(() -> {
                        synchronized (monitor) {
                            seen.isDone();
                        }
                    });
                    return NeedsMonitor.ONE;
                });
                seen.join();
                release.complete(1);
                assertEquals(1, blocked.join());
                holder.join();
            }
            List<String> report = log.lines.get(0).lines().toList();
            String first = report.getFirst();
            assertTrue(first.startsWith("greenlet \"blocked\" has held loop weft-0 for "), first);
            assertTrue(
                    first.contains(": BLOCKED entering the monitor of " + identity
                            + ", held by greenlet \"holder\", which waits for java.util.concurrent.CompletableFuture@"),
                    first);
            assertLine(report, "do not wait while holding a monitor");
        }
    }

    @Test
    void oneThatIsBlockedByAThreadIsToldWithTheThread() throws Exception {
        Object monitor = new Object();
        CountDownLatch held = new CountDownLatch(1);
        Thread holder = new Thread(
                () -> {
                    synchronized (monitor) {
                        held.countDown();
                        spin();
                    }
                },
                "the holder");
        holder.start();
        held.await();
        try (CapturedLog log = new CapturedLog()) {
            try (LoopGroup group = open(1)) {
                group.next()
                        .spawn("blocked", () -> {
                            INITIALISING.set(() -> {
                                synchronized (monitor) {
                                    seen.isDone();
                                }
                            });
                            return NeedsTheSame.ONE;
                        })
                        .join();
                holder.join();
            }
            assertTrue(log.lines.get(0).contains(", held by thread \"the holder\", at "), log.lines::toString);
        }
    }
}
