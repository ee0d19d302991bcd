package dev.weft;

import static dev.weft.Greenlet.State.CANCELLED;
import static dev.weft.Greenlet.State.READY;
import static dev.weft.Greenlet.State.RETURNED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.lowlevel.Suspension;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A kill in each state of its target. */
class KillStatesTest extends TaskFixture {

    @Test
    void killedBeforeItRanItNeverRunsAndAllAreToldOnce() {
        Greenlet<?> victim = stepped.spawn(() -> happened.add("ran"));
        victim.onEnd(ended -> happened.add("link"));
        Greenlet<?> joiner = stepped.spawn(() -> {
            assertThrows(Cancelled.class, victim::join);
            happened.add("joiner");
        });
        victim.kill();
        victim.kill("again");
        stepped.runUntilIdle();
        assertSame(CANCELLED, victim.state());
        assertSame(RETURNED, joiner.state());
        happened.assertHappened("joiner", "link");
    }

    @Test
    void killedWhenReadyItTakesItsValueAndThrowsAtTheNextWait() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        Greenlet<?> victim = stepped.spawn(() -> {
            happened.add(Weft.await(stage));
            Weft.yieldNow();
            happened.add("never");
        });
        stepped.runUntilIdle();
        stepped.run(() -> {
            stage.complete("value");
            assertSame(READY, victim.state());
            victim.kill();
            return "";
        });
        assertSame(CANCELLED, victim.state());
        happened.assertHappened("value");
    }

    @Test
    void killingOneselfGoesOnToTheNextWait() {
        Greenlet<?> victim = stepped.spawn(() -> {
            Greenlet.current().kill();
            happened.add("goes on");
            Weft.sleep(HOUR);
        });
        stepped.runUntilIdle();
        assertSame(CANCELLED, victim.state());
        happened.assertHappened("goes on");
    }

    @Test
    void killedInFinallyItIsThrownAtAgainThere() {
        Greenlet<?> victim = stepped.spawn(() -> {
            try {
                Weft.sleep(SECOND);
            } finally {
                sleepAndTell("clean-up");
            }
        });
        stepped.advance(SECOND);
        victim.kill();
        stepped.runUntilIdle();
        assertSame(CANCELLED, victim.state());
        happened.assertHappened("clean-up cancelled", "clean-up finally");
    }

    @Test
    void killingTheDeadDoesNothing() {
        Greenlet<String> done = stepped.spawn(() -> "value");
        done.onEnd(ended -> happened.add("link"));
        stepped.runUntilIdle();
        done.kill();
        stepped.runUntilIdle();
        assertEquals(new Outcome.Returned<>("value"), done.outcome());
        happened.assertHappened("link");
    }

    @Test
    void killedTwiceTheFirstReasonStays() {
        Greenlet<?> victim = stepped.spawn(() -> sleepAndTell("victim"));
        stepped.runUntilIdle();
        victim.kill("first");
        victim.kill("second");
        stepped.runUntilIdle();
        String told = assertThrows(Cancelled.class, victim::join).toString();
        assertTrue(told.contains("first") && !told.contains("second"), told);
        happened.assertHappened("victim cancelled", "victim finally");
    }

    @Test
    void oneThatWasSpawnedByAThreadAndHasNotArrivedEndsWithItsThread() throws Exception {
        Greenlet<?>[] victim = new Greenlet<?>[1];
        Suspension.post(stepped.loop(), () -> {
            Thread spawner = new Thread(() -> victim[0] = stepped.loop().spawn(() -> happened.add("ran")));
            spawner.start();
            joinUninterrupted(spawner);
            assertSame(Greenlet.State.NEW, victim[0].state());
            victim[0].kill();
        });
        stepped.runUntilIdle();
        assertSame(CANCELLED, victim[0].state());
        assertTrue(victim[0].thread().join(Duration.ofSeconds(10)), "its thread never ends");
        happened.assertHappened();
    }

    private static void joinUninterrupted(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
