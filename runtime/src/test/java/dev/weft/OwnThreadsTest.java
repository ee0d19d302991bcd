package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The runtime's threads are nobody's children: what their first caller has on his thread is not on them. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class OwnThreadsTest {
    private static final InheritableThreadLocal<String> USER = new InheritableThreadLocal<>();
    private static final String CLEAN = "user null, system loader true, group system, priority 5, daemon ";
    private final Recorder happened = new Recorder();

    private static String present() {
        Thread thread = Thread.currentThread();
        return "user " + USER.get() + ", system loader "
                + (thread.getContextClassLoader() == ClassLoader.getSystemClassLoader()) + ", group "
                + thread.getThreadGroup().getName() + ", priority " + thread.getPriority() + ", daemon "
                + thread.isDaemon();
    }

    /** Runs {@code body} on a thread that has something of everything that a thread can inherit. */
    private static <T extends @Nullable Object> T onMarkedThread(Callable<T> body) throws Exception {
        CompletableFuture<T> end = new CompletableFuture<>();
        try (URLClassLoader loader = new URLClassLoader(new URL[0])) {
            Thread thread = new Thread(new ThreadGroup("theirs"), () -> {
                USER.set("ada");
                try {
                    end.complete(body.call());
                } catch (Throwable t) {
                    end.completeExceptionally(t);
                }
            });
            thread.setContextClassLoader(loader);
            thread.setPriority(Thread.MIN_PRIORITY);
            thread.setDaemon(true);
            thread.start();
            return end.get();
        }
    }

    @Test
    void anOffloadThreadInheritsNothingFromItsFirstCaller() throws Exception {
        List<String> seen = onMarkedThread(() -> Weft.run(() -> {
            USER.set("ada, in a greenlet");
            return List.of(Weft.offload(() -> present()), Weft.compute(() -> present()));
        }));
        assertEquals(List.of(CLEAN + true, CLEAN + true), seen);
    }

    @Test
    void aLoopsThreadInheritsNothingFromWhoOpensItAndKeepsTheJvmAlive() throws Exception {
        CompletableFuture<String> seen = new CompletableFuture<>();
        try (LoopGroup group = onMarkedThread(() -> LoopGroup.open())) {
            dev.weft.lowlevel.Suspension.post(group.next(), () -> seen.complete(present()));
            assertEquals(CLEAN + false, seen.get());
        }
    }

    @Test
    void aGreenletInheritsFromItsSpawnerAsAVirtualThreadDoes() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            onMarkedThread(() -> {
                ClassLoader spawners = Thread.currentThread().getContextClassLoader();
                group.spawn(() -> happened.add(
                                USER.get() + ", " + (Thread.currentThread().getContextClassLoader() == spawners)))
                        .join();
                return null;
            });
            happened.assertHappened("ada, true");
        }
    }

    @Test
    void aFailureThatEndsAnOffloadThreadIsReportedAndThePoolGoesOn() {
        try (CapturedLog log = new CapturedLog()) {
            try (LoopGroup group = LoopGroup.builder().offloadThreads(1).open()) {
                group.offloadExecutor().execute(() -> {
                    throw new IllegalStateException("of a task that nobody waits for");
                });
                assertEquals(1, group.spawn(() -> Weft.offload(() -> 1)).join());
            }
            assertEquals(1, log.lines.size(), log.lines::toString);
            assertTrue(
                    log.lines.get(0).startsWith("thread weft-offload-0 was ended by a failure"), log.lines::toString);
        }
    }
}
