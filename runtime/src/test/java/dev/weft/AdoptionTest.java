package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.weft.lowlevel.Suspension;
import dev.weft.sync.Event;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Virtual threads that code inside a greenlet starts without asking for a scheduler. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class AdoptionTest {
    private static final Duration HOUR = Duration.ofHours(1);

    /** A way to start a thread, which gives its result. */
    interface Starting {
        CompletableFuture<Object> start(Callable<Object> body);
    }

    static Stream<Named<Starting>> waysToStart() {
        return Stream.of(
                Named.of("startVirtualThread", body -> {
                    CompletableFuture<Object> end = new CompletableFuture<>();
                    Thread.startVirtualThread(() -> complete(end, body));
                    return end;
                }),
                Named.of("a thread builder", body -> {
                    CompletableFuture<Object> end = new CompletableFuture<>();
                    Thread.ofVirtual().start(() -> complete(end, body));
                    return end;
                }),
                Named.of(
                        "virtual thread per task",
                        body -> inExecutor(Executors.newVirtualThreadPerTaskExecutor(), body)),
                Named.of("thread per task", body -> {
                    ThreadFactory factory = Thread.ofVirtual().factory();
                    return inExecutor(Executors.newThreadPerTaskExecutor(factory), body);
                }),
                Named.of("completable future", body -> {
                    CompletableFuture<Object> end = new CompletableFuture<>();
                    CompletableFuture.runAsync(() -> complete(end, body), Thread::startVirtualThread);
                    return end;
                }));
    }

    private static CompletableFuture<Object> inExecutor(ExecutorService executor, Callable<Object> body) {
        CompletableFuture<Object> end = new CompletableFuture<>();
        executor.execute(() -> complete(end, body));
        executor.shutdown();
        return end;
    }

    private static void complete(CompletableFuture<Object> end, Callable<Object> body) {
        try {
            end.complete(body.call());
        } catch (Throwable t) {
            end.completeExceptionally(t);
        }
    }

    @ParameterizedTest
    @MethodSource("waysToStart")
    void itIsAGreenletOfTheLoopInWhichAllOfWeftWorks(Starting starting) {
        Weft.run(() -> {
            Loop loop = Loop.current();
            long spawned = loop.statistics().spawned();
            Event event = new Event();
            CompletableFuture<Object> end = starting.start(() -> {
                Greenlet<?> self = Greenlet.current();
                assertSame(loop, self.loop());
                assertSame(Thread.currentThread(), self.thread());
                Weft.sleep(Duration.ofMillis(1));
                Weft.withTimeout(HOUR, () -> event.await());
                return Weft.spawn(() -> "through a child").join();
            });
            Weft.yieldNow();
            assertEquals(2, loop.greenlets().size());
            assertEquals(spawned + 1, loop.statistics().spawned());
            Greenlet<?> adopted = loop.greenlets().get(1);
            assertEquals("greenlet-" + adopted.thread().threadId(), adopted.name());
            assertEquals(AdoptionTest.class.getName(), adopted.spawnSite().getClassName());
            assertSame(Greenlet.State.WAITING, adopted.state());
            assertTrue(adopted.toString().contains("on sleep"), adopted::toString);
            event.set();
            assertEquals("through a child", Weft.await(end));
            adopted.join();
            assertEquals(1, loop.greenlets().size());
        });
    }

    @ParameterizedTest
    @MethodSource("waysToStart")
    void itIsKilledWhenTheLoopCloses(Starting starting) {
        Recorder happened = new Recorder();
        Weft.run(() -> {
            starting.start(() -> {
                try {
                    Weft.sleep(HOUR);
                    return "slept";
                } catch (Cancelled e) {
                    happened.add("cancelled");
                    throw e;
                }
            });
            starting.start(() -> {
                try {
                    return new LinkedBlockingQueue<>().take();
                } catch (InterruptedException e) {
                    happened.add("interrupted");
                    throw e;
                }
            });
            Weft.yieldNow();
        });
        happened.assertHappened("cancelled", "interrupted");
    }

    @Test
    void itsNameIsTheThreads() {
        Weft.run(() -> {
            Thread.ofVirtual().name("worker").start(() -> {});
            assertEquals("worker", Loop.current().greenlets().get(1).name());
        });
    }

    @Test
    void oneThatIsStartedFromElsewhereIsToldByWhereItWasStarted() {
        try (LoopGroup group = LoopGroup.open()) {
            CountDownLatch over = new CountDownLatch(1);
            Thread made = group.spawn(() -> Thread.ofVirtual().unstarted(() -> await(over)))
                    .join();
            made.start();
            Greenlet<?> adopted = group.next().greenlets().stream().findFirst().orElse(null);
            while (adopted == null) {
                adopted = group.next().greenlets().stream().findFirst().orElse(null);
            }
            assertSame(made, adopted.thread());
            assertEquals(
                    "oneThatIsStartedFromElsewhereIsToldByWhereItWasStarted",
                    adopted.spawnSite().getMethodName());
            over.countDown();
            adopted.join();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void oneThatIsStartedAfterTheCloseIsRejected() {
        Thread made;
        try (LoopGroup group = LoopGroup.open()) {
            made = group.spawn(() -> Thread.ofVirtual().unstarted(() -> {})).join();
        }
        RejectedExecutionException rejected = assertThrows(RejectedExecutionException.class, made::start);
        assertTrue(rejected.toString().contains("loop weft-0 is closed"), rejected::toString);
        assertFalse(made.isAlive());
    }

    @Test
    void anHttpClientWithAnExecutorPerTaskWorksInAGreenlet() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write("hello".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            exchange.close();
        });
        server.start();
        try {
            URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
            String body = Weft.run(() -> {
                try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
                        HttpClient client =
                                HttpClient.newBuilder().executor(executor).build()) {
                    HttpRequest request = HttpRequest.newBuilder(uri).build();
                    HttpResponse.BodyHandler<String> asString = HttpResponse.BodyHandlers.ofString();
                    return client.send(request, asString).body()
                            + Weft.await(client.sendAsync(request, asString)).body();
                }
            });
            assertEquals("hellohello", body);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void theSubtasksOfAStructuredScopeAreGreenlets() throws Exception {
        ChildJvm.Result result = ChildJvm.run(OpensAStructuredScope.class, ChildJvm.FLAG, "--enable-preview");
        assertEquals(
                "subtasks on the loop: 2, ended: 2, interrupted: 2",
                result.output().strip());
    }

    /** By reflection, as the class is a preview. */
    static final class OpensAStructuredScope {
        public static void main(String[] args) throws Exception {
            System.out.println(Weft.<String, Exception>run(() -> {
                Loop loop = Loop.current();
                Recorder ended = new Recorder();
                Recorder interrupted = new Recorder();
                int onLoop = inScope(ended, interrupted, Duration.ofMillis(1), loop);
                Greenlet<?> killed = Weft.spawn(() -> inScope(ended, interrupted, HOUR, loop));
                while (loop.greenlets().size() < 4) {
                    Weft.yieldNow();
                }
                Weft.yieldNow();
                killed.killAndJoin(Duration.ofSeconds(10));
                return "subtasks on the loop: " + onLoop + ", ended: "
                        + ended.events().size() + ", interrupted: "
                        + interrupted.events().size();
            }));
        }

        private static int inScope(Recorder ended, Recorder interrupted, Duration pause, Loop loop) throws Exception {
            Class<?> type = Class.forName("java.util.concurrent.StructuredTaskScope");
            Method fork = type.getMethod("fork", Callable.class);
            Callable<Object> subtask = () -> {
                assertSame(loop, Loop.current());
                try {
                    Thread.sleep(pause);
                } catch (InterruptedException e) {
                    interrupted.add("interrupted");
                    throw e;
                }
                ended.add("ended");
                return "value";
            };
            int onLoop;
            try (AutoCloseable scope = (AutoCloseable) type.getMethod("open").invoke(null)) {
                fork.invoke(scope, subtask);
                fork.invoke(scope, subtask);
                onLoop = loop.greenlets().size() - 1;
                type.getMethod("join").invoke(scope);
            } catch (InvocationTargetException e) {
                throw e.getCause() instanceof InterruptedException interrupt ? interrupt : e;
            }
            return onLoop;
        }
    }

    private static LoopGroup sendingAway() {
        return LoopGroup.builder().startedThreads(StartedThreads.JDK_SCHEDULED).open();
    }

    @ParameterizedTest
    @MethodSource("waysToStart")
    void sentAwayItRunsOnTheJdksSchedulerWhileTheLoopIsHeld(Starting starting) {
        try (LoopGroup group = sendingAway()) {
            group.spawn(() -> {
                        CountDownLatch ran = new CountDownLatch(1);
                        CompletableFuture<Object> end = starting.start(() -> {
                            assertFalse(Suspension.isOnLoop());
                            assertThrows(IllegalStateException.class, Greenlet::current);
                            assertThrows(IllegalStateException.class, Loop::current);
                            assertThrows(IllegalStateException.class, () -> Weft.sleep(HOUR));
                            Thread.sleep(1);
                            assertFalse(Suspension.isOnLoop());
                            ran.countDown();
                            return Thread.currentThread().isVirtual();
                        });
                        while (ran.getCount() > 0) { // holds the loop
                            Thread.onSpinWait();
                        }
                        assertEquals(1, Loop.current().greenlets().size());
                        assertEquals(true, Weft.await(end));
                    })
                    .join();
            assertEquals(1, group.next().statistics().spawned());
        }
    }

    @Test
    void sentAwayItAndWhatItStartsOutliveTheLoop() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        LinkedBlockingQueue<String> said = new LinkedBlockingQueue<>();
        try (LoopGroup group = sendingAway()) {
            group.spawn(() -> {
                        Thread.startVirtualThread(() -> {
                            await(closed);
                            Thread.startVirtualThread(() -> said.add("alive"));
                        });
                    })
                    .join();
        }
        closed.countDown();
        assertEquals("alive", said.take());
    }

    @Test
    void sentAwayItSharesLocksAndMonitorsWithGreenlets() {
        Object monitor = new Object();
        int[] count = {0};
        try (LoopGroup group = sendingAway()) {
            group.spawn(() -> {
                        Callable<@Nullable Void> counting = () -> {
                            for (int i = 0; i < 10_000; i++) {
                                synchronized (monitor) {
                                    count[0]++;
                                }
                            }
                            return null;
                        };
                        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
                            executor.submit(counting);
                            executor.submit(counting);
                            counting.call();
                        }
                    })
                    .join();
        }
        assertEquals(30_000, count[0]);
    }
}
