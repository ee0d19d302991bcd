package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.lowlevel.Suspension;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.io.IOException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
class SpawnAndJoinTest {
    private final Recorder happened = new Recorder();

    @Test
    void nothingRunsBeforeTheSpawnerYields() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Greenlet<?> child = Weft.spawn(() -> happened.add("child"));
                happened.add("spawner");
                child.join();
                return null;
            });
        }
        happened.assertHappened("spawner", "child");
    }

    @Test
    void readyOnesRunFirstInFirstOut() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            for (int i = 0; i < 3; i++) {
                int number = i;
                stepped.spawn(() -> {
                    happened.add("a" + number);
                    Weft.yieldNow();
                    happened.add("b" + number);
                });
            }
            stepped.runUntilIdle();
        }
        happened.assertHappened("a0", "a1", "a2", "b0", "b1", "b2");
    }

    @Test
    void shuffledOrderDiffersFromSeedToSeedAndIsTheSameForOneSeed() {
        assertEquals(orderUnder(1), orderUnder(1));
        assertNotSame(orderUnder(1), orderUnder(2));
        assertFalse(orderUnder(1).equals(orderUnder(2)) && orderUnder(2).equals(orderUnder(3)));
    }

    private String orderUnder(long seed) {
        Recorder order = new Recorder();
        try (SteppedLoop stepped = SteppedLoop.shuffled(seed)) {
            for (int i = 0; i < 20; i++) {
                int number = i;
                stepped.spawn(() -> order.add(number));
            }
            stepped.runUntilIdle();
        }
        return order.toString();
    }

    @Test
    void joinGivesTheValueAlsoAfterTheEnd() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<String> greenlet = stepped.spawn(() -> "value");
            stepped.runUntilIdle();
            assertEquals("value", stepped.run(greenlet::join));
            assertEquals("value", greenlet.join());
            assertSame(Greenlet.State.RETURNED, greenlet.state());
        }
    }

    @Test
    void joinRethrowsTheFailureItselfWithTheSpawnSite() {
        IOException failure = new IOException("broken");
        IOException thrown = assertThrows(
                IOException.class,
                () -> Weft.run(() -> Weft.spawn("worker", () -> {
                            throw failure;
                        })
                        .join()));
        assertSame(failure, thrown);
        SpawnSite site = Arrays.stream(thrown.getSuppressed())
                .filter(SpawnSite.class::isInstance)
                .map(SpawnSite.class::cast)
                .findFirst()
                .orElseThrow();
        assertTrue(site.toString().contains("worker"), site.toString());
        assertEquals(getClass().getName(), site.getStackTrace()[0].getClassName());
    }

    @Test
    void joinWithADeclaredExceptionCanBeCaughtByType() {
        String caught = Weft.run(() -> {
            Greenlet<?> greenlet = Weft.spawn(() -> {
                throw new IOException("declared");
            });
            try {
                greenlet.join(IOException.class);
                return "nothing";
            } catch (IOException e) {
                return e.toString();
            }
        });
        assertEquals("java.io.IOException: declared", caught);
    }

    @Test
    void joinWithTimeoutLeavesTheGreenletRunning() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<Integer> slow = stepped.spawn(() -> {
                Weft.sleep(Duration.ofSeconds(2));
                return 7;
            });
            Greenlet<String> joiner = stepped.spawn(() -> {
                DeadlineExceeded e = assertThrows(DeadlineExceeded.class, () -> slow.join(Duration.ofSeconds(1)));
                return e.toString();
            });
            stepped.advance(Duration.ofSeconds(1));
            assertTrue(joiner.join().contains("PT1S"), joiner.join());
            assertSame(Greenlet.State.WAITING, slow.state());
            stepped.advance(Duration.ofSeconds(1));
            assertEquals(7, slow.join());
        }
    }

    @Test
    void aThreadBlocksInJoinAndAGreenletYields() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            CountDownLatch go = new CountDownLatch(1);
            CompletableFuture<String> gate = new CompletableFuture<>();
            Greenlet<String> waiting = group.spawn(() -> Weft.await(gate));
            Greenlet<String> joiner = group.spawn(() -> {
                go.countDown();
                return waiting.join() + "!";
            });
            go.await();
            gate.complete("done");
            assertEquals("done!", joiner.join());
            assertThrows(
                    DeadlineExceeded.class,
                    () -> group.spawn(() -> Weft.sleep(Duration.ofDays(1))).join(Duration.ofMillis(1)));
        }
    }

    @Test
    void aGreenletJoinsOneOfAnotherLoop() {
        try (LoopGroup group = LoopGroup.open(2)) {
            Loop first = group.loops().get(0);
            Loop second = group.loops().get(1);
            Greenlet<Boolean> crossing = first.spawn(() -> {
                Greenlet<Loop> there = second.spawn(Loop::current);
                return there.join() == second && Loop.current() == first;
            });
            assertTrue(crossing.join());
            assertThrows(
                    IOException.class,
                    () -> first.spawn(() -> second.spawn(() -> {
                                        throw new IOException("over there");
                                    })
                                    .join())
                            .join());
        }
    }

    @Test
    void joiningOneselfIsAnErrorThatSaysSo() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            IllegalStateException e = assertThrows(
                    IllegalStateException.class,
                    () -> stepped.run(() -> Greenlet.current().join()));
            assertTrue(e.toString().contains("its own end"), e.toString());
        }
    }

    @Test
    void anEventOfTheLoopCannotWait() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            CompletableFuture<Throwable> thrown = new CompletableFuture<>();
            Suspension.post(stepped.loop(), () -> {
                try {
                    Weft.yieldNow();
                } catch (IllegalStateException e) {
                    thrown.complete(e);
                }
            });
            stepped.runUntilIdle();
            assertTrue(
                    thrown.join().toString().contains("loop.spawn"),
                    thrown.join().toString());
        }
    }

    @Test
    void nameSpawnSiteStateAndStackCanBeSeen() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> greenlet = stepped.loop().spawn("sleeper", () -> deeper());
            assertEquals("sleeper", greenlet.name());
            stepped.runUntilIdle();
            assertEquals("sleep", greenlet.waitingOn());
            assertEquals(getClass().getName(), greenlet.spawnSite().getClassName());
            assertTrue(Arrays.stream(greenlet.stackTrace())
                    .anyMatch(frame -> frame.getMethodName().equals("deeper")));
            assertTrue(greenlet.toString().contains("WAITING on sleep"), greenlet.toString());
            assertEquals(java.util.List.of(greenlet), stepped.loop().greenlets());
        }
    }

    private static void deeper() {
        Weft.sleep(Duration.ofHours(1));
    }

    /** The first stack of a JVM is walked in another way than the later ones. */
    static final class SpawnsTwice {
        private SpawnsTwice() {}

        public static void main(String[] arguments) throws Exception {
            try (LoopGroup group = LoopGroup.open()) {
                Callable<Integer> body = () -> 1;
                Method spawn = Loop.class.getMethod("spawn", Callable.class);
                for (int i = 0; i < 2; i++) {
                    System.out.println(((Greenlet<?>) spawn.invoke(group.next(), body)).spawnSite());
                }
            }
        }
    }

    @Test
    void theFirstSpawnOfAJvmIsPlacedAsTheLaterOnesAre() throws Exception {
        ChildJvm.Result result = ChildJvm.run(SpawnsTwice.class, ChildJvm.FLAG);
        assertEquals(2, result.lines().size(), result.output());
        assertTrue(result.lines().get(0).startsWith(SpawnsTwice.class.getName() + ".main("), result.output());
        assertEquals(result.lines().get(0), result.lines().get(1));
    }

    @Test
    void spawnSitesStayExactWhenOneBodyIsSpawnedFromManyPlaces() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Action body = () -> {};
            String line = stepped.run(() -> {
                for (int i = 0; i < 40; i++) {
                    Weft.spawn(body);
                    Weft.spawn(body);
                }
                StackTraceElement here = new Throwable().getStackTrace()[0];
                Greenlet<?> there = Weft.spawn(body);
                return there.spawnSite().getLineNumber() - here.getLineNumber() + "";
            });
            assertEquals("1", line);
        }
    }

    @Test
    void threadLocalsAreGreenletLocal() {
        ThreadLocal<String> local = ThreadLocal.withInitial(() -> "none");
        try (SteppedLoop stepped = SteppedLoop.open()) {
            for (String name : new String[] {"a", "b"}) {
                stepped.spawn(() -> {
                    local.set(name);
                    Weft.yieldNow();
                    happened.add(name + local.get());
                });
            }
            stepped.spawn(() -> happened.add(local.get()));
            stepped.runUntilIdle();
        }
        happened.assertHappened("none", "aa", "bb");
    }
}
