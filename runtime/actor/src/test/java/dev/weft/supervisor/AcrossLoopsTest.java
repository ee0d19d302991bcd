package dev.weft.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.supervisor.ChildInfo.State;
import dev.weft.supervisor.ChildSpec.Restart;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Supervisors, links and monitors between loops that run, and used by threads. */
@Timeout(60)
@ExtendWith(NoGreenletLeaks.class)
class AcrossLoopsTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final LoopGroup group = LoopGroup.builder()
            .loops(3)
            .uncaughtHandler((greenlet, failure) -> {})
            .open();
    private final Loop home = group.loops().get(0);
    private final Loop other = group.loops().get(1);

    @AfterEach
    void close() {
        assertTrue(group.close(MINUTE), "greenlets had to be abandoned");
    }

    private Supervisor start(Supervisor.Builder builder) {
        return home.call(() -> builder.intensity(1_000_000, Duration.ofSeconds(1))
                .reports(report -> {})
                .start("top"));
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        assertTrue(latch.await(50, TimeUnit.SECONDS));
    }

    @Test
    void aChildOnAnotherLoopIsRestartedThere() throws Exception {
        CountDownLatch starts = new CountDownLatch(100);
        AtomicInteger alive = new AtomicInteger();
        Supervisor top = start(Supervisor.oneForOne()
                .child(ChildSpec.starting("a", ready -> {
                            assertSame(other, Loop.current());
                            assertEquals(1, alive.incrementAndGet());
                            ready.run();
                            starts.countDown();
                            alive.decrementAndGet();
                            throw new Exception("crash");
                        })
                        .on(other)));
        await(starts);
        top.close(); // by a thread
        assertEquals(0, alive.get());
    }

    @Test
    void aSupervisorOnAnotherLoopIsAChildAsAnyOther() throws Exception {
        CompletableFuture<Greenlet<?>> inner = new CompletableFuture<>();
        Supervisor top = start(Supervisor.oneForOne()
                .child(ChildSpec.supervisor("inner", Supervisor.oneForOne().child(ChildSpec.greenlet("x", () -> {
                            inner.complete(Greenlet.current());
                            Weft.sleep(MINUTE);
                        })))
                        .on(other)));
        assertSame(other, inner.get().loop());
        assertTrue(top.tree().contains("x: running"), top::tree);
        top.close();
        assertTrue(inner.get().state().isDone());
    }

    @Test
    void aChildOnAClosedLoopCannotBeStarted() {
        LoopGroup closed = LoopGroup.open(1);
        closed.close();
        Throwable thrown = assertThrows(
                ChildStartFailed.class,
                () -> start(Supervisor.oneForOne()
                        .child(ChildSpec.greenlet("a", () -> {})
                                .on(closed.loops().get(0)))));
        assertInstanceOf(RejectedExecutionException.class, thrown.getCause());
    }

    @Test
    void threadsAndLoopsAskWhileChildrenCrash() throws Exception {
        AtomicInteger alive = new AtomicInteger();
        ChildSpec crashing = ChildSpec.greenlet("c", () -> {
            alive.incrementAndGet();
            try {
                Weft.sleep(Duration.ofMillis(ThreadLocalRandom.current().nextInt(50)));
                throw new Exception("crash");
            } finally {
                alive.decrementAndGet();
            }
        });
        Supervisor top = start(Supervisor.simpleOneForOne());
        Runnable user = () -> {
            for (int i = 0; i < 40; i++) {
                String id = top.startChild(i % 2 == 0 ? crashing : crashing.on(other))
                        .id();
                assertTrue(top.children().stream().anyMatch(child -> child.id().equals(id)));
                if (i % 3 == 0) {
                    top.stopChild(id);
                }
            }
        };
        List<Thread> threads = IntStream.range(0, 2)
                .mapToObj(i -> Thread.ofPlatform().start(user))
                .toList();
        Greenlet<?> near = home.spawn(user::run);
        Greenlet<?> far = group.loops().get(2).spawn(user::run);
        for (Thread thread : threads) {
            thread.join();
        }
        near.join();
        far.join();
        assertEquals(4 * 26, top.children().size());
        top.close();
        assertEquals(0, alive.get());
    }

    @Test
    void stopsFromManySidesEndASupervisorOnce() throws Exception {
        for (int round = 0; round < 200; round++) {
            AtomicInteger alive = new AtomicInteger();
            ChildSpec child = ChildSpec.starting("a", ready -> {
                alive.incrementAndGet();
                try {
                    ready.run();
                    Weft.sleep(MINUTE);
                } finally {
                    alive.decrementAndGet();
                }
            });
            Supervisor top = start(Supervisor.oneForAll().child(child.on(other)).child(child.named("b")));
            Thread thread = Thread.ofPlatform().start(top::stop);
            if (round % 2 == 0) {
                top.kill();
            }
            other.spawn(top::close).join();
            thread.join();
            assertTrue(((Greenlet<?>) top.end()).state().isDone());
            other.call(() -> Weft.yieldNow());
            if (round % 2 == 1) {
                assertEquals(0, alive.get());
            }
        }
    }

    @Test
    void aSupervisorWhoseLoopIsClosedTakesChildrenOnOtherLoopsWithIt() {
        LoopGroup closing = LoopGroup.open(1);
        CompletableFuture<Greenlet<?>> child = new CompletableFuture<>();
        closing.loops()
                .get(0)
                .call(() -> Supervisor.oneForOne()
                        .child(ChildSpec.starting("a", ready -> {
                                    child.complete(Greenlet.current());
                                    ready.run();
                                    Weft.sleep(MINUTE);
                                })
                                .on(other))
                        .start("top"));
        assertTrue(closing.close(MINUTE));
        assertTrue(Weft.joinAll(List.of(child.join()), MINUTE));
        assertSame(Greenlet.State.CANCELLED, child.join().state());
    }

    @Test
    void linkedGreenletsOfTwoLoopsEndTogether() {
        for (int round = 0; round < 300; round++) {
            Greenlet<?> one = home.spawn(() -> Weft.sleep(MINUTE));
            Greenlet<?> two = other.spawn(() -> Weft.sleep(MINUTE));
            Link.between(one, two);
            if (round % 3 != 1) {
                one.kill();
            }
            if (round % 3 != 2) {
                two.throwInto(new Exception("crash"));
            }
            assertTrue(Weft.joinAll(List.of(one, two), MINUTE));
        }
    }

    @Test
    void anUnlinkEitherComesInTimeOrTheSignalHasArrived() {
        for (int round = 0; round < 300; round++) {
            Greenlet<?> one = other.spawn(() -> Weft.sleep(MINUTE));
            Greenlet<Boolean> two = home.spawn(() -> {
                Link link = Link.to(one);
                one.kill();
                link.close();
                Weft.yieldNow(); // throws if the signal was first
                return true;
            });
            assertTrue(Weft.joinAll(List.of(one, two), MINUTE));
            assertTrue(two.state() == Greenlet.State.RETURNED || two.state() == Greenlet.State.CANCELLED);
        }
    }

    @Test
    void aMonitorTellsTheEndOfAGreenletOfAnotherLoopOnce() {
        for (int round = 0; round < 300; round++) {
            Greenlet<?> target = other.spawn(() -> Weft.sleep(MINUTE));
            Greenlet<Exit> watching = home.spawn(() -> {
                try (Monitor monitor = Monitor.of(target)) {
                    return monitor.await();
                }
            });
            target.kill();
            assertSame(target, watching.join().greenlet());
        }
    }

    @Test
    void exitsFromManyLoopsAreTrapped() {
        int count = 200;
        Greenlet<Integer> trapping = home.spawn(() -> {
            try (ExitTrap exits = ExitTrap.open()) {
                for (int i = 0; i < count; i++) {
                    Link.to(group.loops().get(i % 3).spawn(() -> {
                        throw new Exception("crash");
                    }));
                }
                int received = 0;
                while (received < count) {
                    exits.receive();
                    received++;
                }
                return received;
            }
        });
        assertEquals(count, trapping.join());
    }

    @Test
    void aTemporaryChildOnAnotherLoopIsForgottenWhenItEnds() throws Exception {
        Supervisor top = start(Supervisor.simpleOneForOne());
        for (int i = 0; i < 50; i++) {
            top.startChild(
                    ChildSpec.greenlet("t", () -> {}).restart(Restart.TEMPORARY).on(other));
        }
        home.call(() -> {
            while (!top.children().isEmpty()) {
                Weft.yieldNow();
            }
        });
        assertSame(
                State.RUNNING,
                top.startChild(ChildSpec.greenlet("u", () -> Weft.sleep(MINUTE)))
                        .state());
        top.close();
    }
}
