package dev.weft.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.CapturedLog;
import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
class ServiceTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(50);
    private final List<String> happened = new CopyOnWriteArrayList<>();

    private void stops(Service service, String name) {
        service.onStop(name, grace -> happened.add(name + " stopped"));
    }

    private static String text(CapturedLog log) {
        return String.join("\n", log.lines);
    }

    @Test
    void whatWasRegisteredLastIsStoppedFirst() {
        int status = Service.run(LoopGroup.open(2), service -> {
            AutoCloseable pool = () -> happened.add("pool closed");
            assertSame(pool, service.closeAtEnd("pool", pool));
            stops(service, "worker");
            stops(service, "server");
            Kill.self(Signal.TERM);
        });
        assertEquals(List.of("server stopped", "worker stopped", "pool closed"), happened);
        assertEquals(0, status);
    }

    @Test
    void stoppingTwiceAndFromInsideIsStoppingOnce() {
        int status = Service.run(LoopGroup.open(), service -> {
            stops(service, "server");
            service.onStop("itself", grace -> {
                service.stop();
                happened.add("itself stopped in phase " + service.health().phase());
            });
            service.group().spawn(() -> {
                Weft.yieldNow(); // after the start-up
                service.stop();
                service.stop();
                assertTrue(service.isStopping());
            });
        });
        assertEquals(0, status);
        assertEquals(List.of("itself stopped in phase STOPPING", "server stopped"), happened);
    }

    @Test
    void whatFailsToStopIsLoggedAndTheRestIsStopped() throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            int status = Service.run(LoopGroup.open(), service -> {
                stops(service, "pool");
                service.onStop("server", grace -> {
                    throw new IOException("broken");
                });
                service.stop();
            });
            assertEquals(1, status);
            assertEquals(List.of("pool stopped"), happened);
            assertTrue(text(log).contains("server could not be stopped"), () -> text(log));
        }
    }

    @Test
    void aFailureOfTheStartUpIsThrownAfterTheRestWasStopped() {
        IOException failure = assertThrows(
                IOException.class,
                () -> Service.run(LoopGroup.open(), service -> {
                    stops(service, "pool");
                    throw new IOException("port taken");
                }));
        assertEquals("port taken", failure.getMessage());
        assertEquals(List.of("pool stopped"), happened);
    }

    @Test
    void aSignalDuringTheStartUpEndsIt() {
        int status = Service.run(LoopGroup.open(), service -> {
            stops(service, "pool");
            Weft.spawn(() -> Kill.self(Signal.TERM));
            try {
                Weft.sleep(HOUR);
            } finally {
                happened.add("start-up ended");
            }
            stops(service, "server");
        });
        assertEquals(0, status);
        assertEquals(List.of("start-up ended", "pool stopped"), happened);
    }

    @Test
    void workInFlightMayEndWithinTheGrace() {
        CountDownLatch stopping = new CountDownLatch(1);
        int status = Service.run(LoopGroup.open(), service -> {
            Greenlet<?> request = Weft.spawn(() -> {
                stopping.await();
                happened.add("request answered");
            });
            service.onStop("server", grace -> {
                stopping.countDown();
                request.join(grace);
            });
            service.stop();
        });
        assertEquals(0, status);
        assertEquals(List.of("request answered"), happened);
    }

    @Test
    void whoeverIsLeftAfterTheGraceIsReportedWithNameAndStackAndKilled() throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            int status = Service.builder().grace(SHORT).run(LoopGroup.open(), service -> {
                Greenlet<?> request = Weft.spawn("request 7", ServiceTest::slowRequest);
                stops(service, "pool");
                service.onStop("server", grace -> {
                    if (!Weft.joinAll(List.of(request), grace)) {
                        while (!text(log).contains("request 7")) {
                            Weft.yieldNow(); // on a busy machine the report is late
                        }
                        request.killAndJoin(HOUR);
                        happened.add("request killed");
                    }
                });
                service.stop();
            });
            assertEquals(1, status);
            assertEquals(List.of("request killed", "pool stopped"), happened);
            assertTrue(text(log).contains("greenlet \"request 7\""), () -> text(log));
            assertTrue(text(log).contains("ServiceTest.slowRequest"), () -> text(log));
            assertFalse(text(log).contains("\"stop server\""), () -> text(log));
        }
    }

    private static void slowRequest() {
        Weft.sleep(HOUR);
    }

    @Test
    void aLoopThatIsHeldDoesNotKeepTheOthersFromBeingStopped() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        try (CapturedLog log = new CapturedLog()) {
            int status = Service.builder().grace(SHORT).run(LoopGroup.open(2), service -> {
                stops(service, "pool");
                LoopGroup group = service.group();
                Greenlet<?> other = group.loops().get(1).spawn("hog", () -> {
                    service.onStop("on the held loop", grace -> happened.add("never"));
                    held.countDown();
                    spinUntilInterrupted();
                });
                Weft.offload(() -> held.await());
                assertFalse(other.state().isDone());
                service.stop();
            });
            assertEquals(1, status);
            assertTrue(happened.contains("pool stopped"), happened::toString);
            assertTrue(text(log).contains("ServiceTest.spinUntilInterrupted"), () -> text(log));
            assertTrue(text(log).contains("on the held loop did not stop"), () -> text(log));
        }
    }

    private static void spinUntilInterrupted() {
        while (!Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whatIsRegisteredTooLateIsRefused() {
        int status = Service.run(LoopGroup.open(), service -> {
            service.onStop("server", grace -> {
                IllegalStateException e =
                        assertThrows(IllegalStateException.class, () -> stops(service, "another server"));
                happened.add(String.valueOf(e.getMessage()));
            });
            service.stop();
        });
        assertEquals(0, status);
        assertTrue(happened.get(0).contains("another server; stop it here"), happened::toString);
    }

    @Test
    void greenletsThatNobodyRegisteredAreKilledAtTheEnd() {
        int status = Service.run(LoopGroup.open(), service -> {
            Weft.spawn(() -> {
                try {
                    Weft.sleep(HOUR);
                } finally {
                    happened.add("background ended");
                }
            });
            stops(service, "server");
            service.group().spawn(service::stop);
        });
        assertEquals(0, status);
        assertEquals(List.of("server stopped", "background ended"), happened);
    }

    @Test
    void readinessFollowsThePhasesAndGoesDownBeforeTheServersStop() {
        List<Health> kept = new CopyOnWriteArrayList<>();
        int status = Service.builder().readinessDelay(SHORT).run(LoopGroup.open(), service -> {
            Health health = service.health();
            kept.add(health);
            health.readiness("database", () -> {});
            happened.add("starting " + health.readiness());
            service.onStop("server", grace -> happened.add("server stops"));
            Weft.spawn(() -> {
                while (health.phase() == Health.Phase.STARTING) {
                    Weft.yieldNow();
                }
                happened.add("running " + health.readiness());
                service.stop();
                happened.add("stopping " + health.readiness());
            });
        });
        assertEquals(0, status);
        assertEquals(
                List.of(
                        "starting " + new Health.Report(false, Map.of("service", "starting")),
                        "running " + new Health.Report(true, Map.of("database", "ok")),
                        "stopping " + new Health.Report(false, Map.of("service", "stopping")),
                        "server stops"),
                happened);
        assertEquals(Health.Phase.STOPPED, kept.get(0).phase());
    }

    @Test
    void duringTheReadinessDelayNothingIsStopped() throws Exception {
        Thread main = Thread.ofPlatform().start(() -> {
            Service.builder().readinessDelay(HOUR).run(LoopGroup.open(), service -> {
                stops(service, "server");
                Weft.spawn(() -> {
                    while (service.health().phase() == Health.Phase.STARTING) {
                        Weft.yieldNow();
                    }
                    service.stop();
                });
            });
        });
        while (!isPausing(main)) {
            assertNotSame(Thread.State.TERMINATED, main.getState());
            Thread.yield();
        }
        assertFalse(main.join(SHORT));
        assertEquals(List.of(), happened);
        main.interrupt(); // ends the delay
        main.join();
        assertEquals(List.of("server stopped"), happened);
    }

    private static boolean isPausing(Thread thread) {
        return thread.getState() == Thread.State.TIMED_WAITING
                && Stream.of(thread.getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals("pause"));
    }

    @Test
    void aCheckThatFailsOrHangsTakesTheServiceDownByName() {
        AtomicReference<Health.Report> liveness = new AtomicReference<>();
        Service.run(LoopGroup.open(), service -> {
            service.health().liveness("disk", () -> {
                throw new IOException("full");
            });
            service.health().liveness("worker", () -> Weft.sleep(HOUR));
            service.health().liveness("queue", () -> {});
            liveness.set(service.health().liveness());
            service.stop();
        });
        assertEquals(
                new Health.Report(
                        false,
                        Map.of("disk", "java.io.IOException: full", "worker", "no answer within 2 s", "queue", "ok")),
                liveness.get());
    }

    @Test
    void itBlocksOnlyThreads() {
        Weft.run(() -> {
            LoopGroup other = LoopGroup.open();
            IllegalStateException e =
                    assertThrows(IllegalStateException.class, () -> Service.run(other, service -> {}));
            assertTrue(e.toString().contains("call it in main"), e.toString());
            Weft.offload(() -> other.close());
        });
    }
}
