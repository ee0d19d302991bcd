package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.lowlevel.Suspension;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** {@link Greenlet#onEnd}, {@link Greenlet#outcome}, and who counts as having heard of a failure. */
class EndCallbackTest extends TaskFixture {

    @Test
    void callbacksAndJoinersAreToldInTheirOrder() {
        Greenlet<String> source = stepped.spawn(() -> {
            Weft.sleep(SECOND);
            return "value";
        });
        source.onEnd(ended -> happened.add("1 " + ended.outcome()));
        stepped.runUntilIdle();
        source.onEnd(ended -> happened.add("2 " + ended.state()));
        stepped.advance(SECOND);
        happened.assertHappened("1 Returned[value=value]", "2 RETURNED");
    }

    @Test
    void oneThatIsSetAfterTheEndIsCalledOnceWithTheNextTurn() {
        Greenlet<?> done = stepped.spawn(() -> {});
        stepped.runUntilIdle();
        stepped.run(() -> {
            done.onEnd(ended -> happened.add("callback"));
            happened.add("setter");
            return "";
        });
        happened.assertHappened("setter", "callback");
    }

    @Test
    void anEventThatIsTakenBackIsNotCalled() {
        Greenlet<?> greenlet = stepped.spawn(() -> {});
        Suspension.whenEnded(greenlet, ended -> happened.add("first"));
        Suspension.whenEnded(greenlet, ended -> happened.add("taken back")).close();
        Loop.Handle last = Suspension.whenEnded(greenlet, ended -> happened.add("last"));
        stepped.runUntilIdle();
        last.close();
        happened.assertHappened("first", "last");
    }

    @Test
    void itRunsOnTheLoopWhoeverSetIt() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            Loop loop = group.next();
            CompletableFuture<Loop> where = new CompletableFuture<>();
            Greenlet<?> greenlet = loop.spawn(() -> Weft.sleep(Duration.ofMillis(1)));
            greenlet.onEnd(ended -> where.complete(Loop.current()));
            assertSame(loop, where.get());
            CompletableFuture<Loop> late = new CompletableFuture<>();
            greenlet.onEnd(ended -> late.complete(Loop.current()));
            assertSame(loop, late.get());
        }
    }

    @Test
    void oneThatThrowsDoesNotKeepTheOthersFromBeingTold() {
        Greenlet<?> greenlet = stepped.spawn(() -> {});
        greenlet.onEnd(ended -> {
            throw new IllegalStateException("a callback that throws, on purpose");
        });
        greenlet.onEnd(ended -> happened.add("second"));
        stepped.runUntilIdle();
        happened.assertHappened("second");
    }

    @Test
    void itMayWaitAndHoldsUpNoOther() {
        Greenlet<?> greenlet = stepped.spawn(() -> {});
        greenlet.onEnd(ended -> {
            happened.add("first");
            Weft.sleep(SECOND);
            happened.add("first at " + millis());
        });
        greenlet.onEnd(ended -> happened.add("second at " + millis()));
        stepped.advance(SECOND);
        happened.assertHappened("first", "second at 0", "first at 1000");
    }

    @Test
    void itCanSpawn() {
        Greenlet<?> greenlet = stepped.spawn(() -> {});
        greenlet.onEnd(ended -> Weft.spawn(() -> happened.add("spawned")));
        stepped.runUntilIdle();
        happened.assertHappened("spawned");
    }

    @Test
    void itHasNotHeardOfAFailureForOthers() {
        Greenlet<?> failing = stepped.spawn(() -> fail("unheard"));
        failing.onEnd(ended -> happened.add(ended.state()));
        stepped.runUntilIdle();
        assertEquals(1, uncaught.size());
        uncaught.clear();
        happened.assertHappened(Greenlet.State.FAILED);
    }

    @Test
    void aJoinerThatHasLeftHasNotHeardOfAFailure() {
        Greenlet<?> failing = stepped.spawn(() -> {
            Weft.sleep(HOUR);
            fail("after the joiner left");
        });
        stepped.spawn(() -> assertThrows(DeadlineExceeded.class, () -> failing.join(SECOND)));
        stepped.advance(HOUR);
        assertEquals(1, uncaught.size());
        uncaught.clear();
    }

    @Test
    void aThreadThatHasLeftItsJoinHasNotHeardOfAFailure() {
        Greenlet<?> failing = stepped.spawn(() -> {
            Weft.sleep(SECOND);
            fail("after the thread left");
        });
        assertThrows(DeadlineExceeded.class, () -> failing.join(Duration.ofMillis(1)));
        stepped.advance(SECOND);
        assertEquals(1, uncaught.size());
        uncaught.clear();
    }

    @Test
    void aJoinerOnAnotherLoopThatHasLeftHasNotHeardOfAFailure() {
        Greenlet<?> failing = stepped.spawn(() -> {
            Weft.sleep(SECOND);
            fail("after the joiner left");
        });
        Weft.run(() -> {
            assertThrows(DeadlineExceeded.class, () -> failing.join(Duration.ofMillis(1)));
        });
        stepped.advance(SECOND);
        assertEquals(1, uncaught.size());
        uncaught.clear();
    }

    @Test
    void outcomeTellsHowItEnded() {
        Greenlet<String> returned = stepped.spawn(() -> "value");
        Greenlet<?> failed = stepped.spawn(() -> {
            Weft.yieldNow();
            fail("failure");
        });
        Greenlet<?> cancelled = stepped.spawn(() -> Weft.sleep(HOUR));
        Greenlet<?> joiner = stepped.spawn(() -> assertThrows(Broken.class, failed::join));
        IllegalStateException early = assertThrows(IllegalStateException.class, returned::outcome);
        assertTrue(early.toString().contains("has not ended"), early.toString());
        stepped.runUntilIdle();
        cancelled.kill("reason");
        stepped.runUntilIdle();
        joiner.join();
        assertEquals("value", returned.outcome().get());
        assertThrows(Broken.class, failed.outcome()::get);
        assertTrue(assertThrows(Cancelled.class, cancelled.outcome()::get)
                .toString()
                .contains("reason"));
        assertTrue(cancelled.outcome() instanceof Outcome.Cancelled<?>);
    }

    @Test
    void joinAllWaitsForAllHoweverTheyEnd() {
        Greenlet<?> slow = stepped.spawn(() -> Weft.sleep(SECOND));
        Greenlet<?> killed = stepped.spawn(() -> Weft.sleep(HOUR));
        stepped.runUntilIdle();
        killed.kill();
        Greenlet<?> joiner = stepped.spawn(() -> {
            Weft.joinAll(java.util.List.of(slow, killed));
            happened.add("all at " + millis());
        });
        stepped.advance(HOUR);
        joiner.join();
        happened.assertHappened("all at 1000");
    }

    @Test
    void joinAllWithATimeoutLeavesTheRestRunning() {
        Greenlet<?> first = stepped.spawn(() -> Weft.sleep(Duration.ofMillis(600)));
        Greenlet<?> second = stepped.spawn(() -> Weft.sleep(Duration.ofMillis(1200)));
        Greenlet<Boolean> joiner = stepped.spawn(() -> {
            boolean all = Weft.joinAll(java.util.List.of(first, second), SECOND);
            happened.add("left at " + millis());
            return all;
        });
        stepped.advance(SECOND);
        assertEquals(false, joiner.join());
        assertSame(Greenlet.State.WAITING, second.state());
        happened.assertHappened("left at 1000");
        assertTrue(stepped.run(() -> Weft.joinAll(java.util.List.of(first), Duration.ZERO)));
        stepped.advance(SECOND);
    }

    @Test
    void joinAllThatIsPolledLeavesNothingBehind() {
        Greenlet<?> target = stepped.spawn(() -> Weft.sleep(HOUR));
        int[] told = {0};
        stepped.spawn(() -> {
            for (int i = 0; i < 1000; i++) {
                Weft.joinAll(java.util.List.of(target), Duration.ofMillis(1));
            }
            happened.add(target.waitingOn());
        });
        target.onEnd(ended -> told[0]++);
        stepped.advance(HOUR);
        assertEquals(1, told[0]);
        assertEquals(0, timers());
        happened.assertHappened("sleep");
    }

    @Test
    void joinAllFromAThreadBlocks() {
        try (LoopGroup group = LoopGroup.open()) {
            Greenlet<?> quick = group.spawn(() -> Weft.sleep(Duration.ofMillis(1)));
            Greenlet<?> slow = group.spawn(() -> Weft.sleep(HOUR));
            Weft.joinAll(java.util.List.of(quick));
            assertEquals(false, Weft.joinAll(java.util.List.of(quick, slow), Duration.ofMillis(1)));
        }
    }

    @Test
    void joinAllWithOneselfIsAnErrorThatSaysSo() {
        assertThrows(
                IllegalStateException.class,
                () -> stepped.run(() -> Weft.joinAll(java.util.List.of(Greenlet.current()), SECOND)));
    }

    @Test
    void spawnAfterBeginsWhenItsDelayHasPassed() {
        stepped.run(() -> Weft.spawnAfter(SECOND, () -> happened.add("ran at " + millis())));
        stepped.advance(HOUR);
        happened.assertHappened("ran at 1000");
    }

    @Test
    void spawnAfterThatIsKilledBeforeItBeganNeverRuns() {
        Greenlet<?> victim = stepped.run(() -> Weft.spawnAfter(SECOND, () -> happened.add("ran")));
        stepped.advance(Duration.ofMillis(999));
        victim.kill();
        stepped.advance(HOUR);
        assertSame(Greenlet.State.CANCELLED, victim.state());
        happened.assertHappened();
    }

    @Test
    void spawnAfterKnowsWhereItsBodyWasWritten() {
        int lines = stepped.run(() -> {
            for (int i = 0; i < 40; i++) {
                Weft.spawnAfter(SECOND, () -> happened.add("many"));
            }
            int here = new Throwable().getStackTrace()[0].getLineNumber();
            return Weft.spawnAfter(SECOND, () -> {}).spawnSite().getLineNumber() - here;
        });
        assertEquals(1, lines);
    }
}
