package dev.weft;

import static dev.weft.Greenlet.State.CANCELLED;
import static dev.weft.Greenlet.State.FAILED;
import static dev.weft.Greenlet.State.RETURNED;
import static dev.weft.Greenlet.State.WAITING;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** {@link Greenlet#throwInto} in each state of its target. */
class ThrowIntoTest extends TaskFixture {
    private final Broken first = new Broken("first");
    private final Broken second = new Broken("second");

    @Test
    void oneThatWaitsIsThrownAtOnceAndCanWaitAgain() {
        Greenlet<?> target = stepped.spawn(() -> {
            assertSame(first, assertThrows(Broken.class, () -> Weft.sleep(HOUR)));
            Weft.sleep(SECOND);
            happened.add("slept");
        });
        stepped.runUntilIdle();
        target.throwInto(first);
        stepped.advance(SECOND);
        assertSame(RETURNED, target.state());
        happened.assertHappened("slept");
    }

    @Test
    void twoInARowAreThrownByTwoWaits() {
        Greenlet<?> target = stepped.spawn(() -> {
            assertSame(first, assertThrows(Broken.class, () -> Weft.sleep(HOUR)));
            assertSame(second, assertThrows(Broken.class, () -> Weft.sleep(HOUR)));
        });
        stepped.runUntilIdle();
        target.throwInto(first);
        target.throwInto(second);
        stepped.runUntilIdle();
        assertSame(RETURNED, target.state());
    }

    @Test
    void twoBeforeOneWaitAreOneFailureWithTheOtherSuppressed() {
        Greenlet<?> target = stepped.spawn(() -> {
            Greenlet.current().throwInto(first);
            Greenlet.current().throwInto(second);
            assertSame(first, assertThrows(Broken.class, () -> Weft.sleep(HOUR)));
            Weft.sleep(SECOND);
        });
        stepped.advance(SECOND);
        assertSame(RETURNED, target.state());
        assertEquals(List.of(second), List.of(first.getSuppressed()));
    }

    @Test
    void oneThatNeverRanNeverRunsAndHasFailedByTheFirst() {
        Greenlet<?> target = stepped.spawn(() -> happened.add("ran"));
        target.throwInto(first);
        target.throwInto(second);
        stepped.runUntilIdle();
        assertSame(FAILED, target.state());
        assertSame(first, uncaught.remove(0));
        assertSame(second, first.getSuppressed()[0]);
        happened.assertHappened();
    }

    @Test
    void beforeItRanWhatCameFirstCounts() {
        Greenlet<?> killedFirst = stepped.spawn(() -> happened.add("ran"));
        killedFirst.kill();
        killedFirst.throwInto(first);
        Greenlet<?> thrownAtFirst = stepped.spawn(() -> happened.add("ran"));
        thrownAtFirst.throwInto(second);
        thrownAtFirst.kill();
        stepped.runUntilIdle();
        assertSame(CANCELLED, killedFirst.state());
        assertSame(FAILED, thrownAtFirst.state());
        assertSame(second, uncaught.remove(0));
        happened.assertHappened();
    }

    @Test
    void oneThatIsReadyTakesItsValueAndThrowsAtTheNextWait() {
        CompletableFuture<String> stage = new CompletableFuture<>();
        Greenlet<?> target = stepped.spawn(() -> {
            happened.add(Weft.await(stage));
            assertSame(first, assertThrows(Broken.class, Weft::yieldNow));
        });
        stepped.runUntilIdle();
        stepped.run(() -> {
            stage.complete("value");
            target.throwInto(first);
            return "";
        });
        assertSame(RETURNED, target.state());
        happened.assertHappened("value");
    }

    @Test
    void oneThatHasEndedIsLeftInPeace() {
        Greenlet<String> done = stepped.spawn(() -> "value");
        stepped.runUntilIdle();
        done.throwInto(first);
        stepped.runUntilIdle();
        assertEquals("value", done.join());
    }

    @Test
    void oneInsideTheJdkEndsByTheFailureAndNotByTheInterrupt() {
        Greenlet<?> target = stepped.spawn(() -> new SynchronousQueue<String>().take());
        stepped.runUntilIdle();
        target.throwInto(first);
        stepped.runUntilIdle();
        assertSame(FAILED, target.state());
        assertSame(first, uncaught.remove(0));
    }

    @Test
    void oneThatGoesOnIntoTheJdkIsReachedThereToo() {
        Greenlet<?> target = stepped.spawn(() -> {
            Greenlet.current().throwInto(first);
            assertThrows(InterruptedException.class, () -> new SynchronousQueue<String>().take());
            assertSame(first, assertThrows(Broken.class, () -> Weft.sleep(HOUR)));
            new ReentrantLock().lockInterruptibly();
            Weft.sleep(SECOND);
            happened.add("free again");
        });
        stepped.advance(SECOND);
        assertSame(RETURNED, target.state());
        happened.assertHappened("free again");
        assertEquals(0, timers());
    }

    @Test
    void anInterruptThatDidNotLandIsTakenBackWithTheThrow() {
        Semaphore gate = new Semaphore(0);
        Greenlet<?> target = stepped.spawn(() -> {
            gate.acquireUninterruptibly(); // deaf to interrupts, and remembers them
            assertSame(first, assertThrows(Broken.class, () -> Weft.sleep(HOUR)));
            assertFalse(Thread.currentThread().isInterrupted());
            Weft.sleep(SECOND);
        });
        stepped.runUntilIdle();
        target.throwInto(first);
        stepped.runUntilIdle();
        assertSame(WAITING, target.state());
        gate.release();
        stepped.advance(SECOND);
        assertSame(RETURNED, target.state(), () -> target + " " + uncaught);
    }

    @Test
    void oneThatWaitsForItsChildrenCancelsThemAndThrowsIt() {
        Greenlet<?> opener = stepped.spawn(() -> {
            assertSame(
                    first,
                    assertThrows(Broken.class, () -> Weft.scope(scope -> scope.spawn(() -> sleepAndTell("child")))));
        });
        stepped.runUntilIdle();
        opener.throwInto(first);
        stepped.runUntilIdle();
        assertSame(RETURNED, opener.state());
        happened.assertHappened("child cancelled", "child finally");
    }

    @Test
    void oneWhoseThreadIsInterruptedWhileItWaitsForItsChildrenCancelsThem() {
        Greenlet<?> opener = stepped.spawn(() -> {
            assertThrows(Cancelled.class, () -> Weft.scope(scope -> scope.spawn(() -> sleepAndTell("child"))));
            happened.add("interrupted " + Thread.interrupted());
        });
        stepped.runUntilIdle();
        opener.thread().interrupt();
        stepped.runUntilIdle();
        assertSame(RETURNED, opener.state());
        happened.assertHappened("child cancelled", "child finally", "interrupted true");
    }
}
