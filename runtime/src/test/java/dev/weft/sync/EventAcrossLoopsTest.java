package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.Recorder;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class EventAcrossLoopsTest extends AcrossLoopsFixture {
    private final Recorder happened = new Recorder();

    @Test
    void greenletsOfAnotherLoopWaitTogether() {
        try (SteppedPair pair = new SteppedPair()) {
            Event event = new Event(pair.home().loop());
            for (int i = 0; i < 3; i++) {
                int number = i;
                pair.away().spawn(() -> {
                    event.await();
                    Weft.await(event);
                    happened.add(number);
                });
            }
            pair.runUntilIdle();
            assertEquals("event", pair.away().loop().greenlets().get(0).waitingOn());
            happened.assertHappened();
            pair.home().spawn(event::set);
            pair.runUntilIdle();
            happened.assertHappened(0, 1, 2);
        }
    }

    @Test
    void setAndClearTakeEffectInTheOrderOfTheCalls() {
        try (SteppedPair pair = new SteppedPair()) {
            Event event = new Event(pair.home().loop());
            Greenlet<?> early = pair.home().spawn(event::await);
            pair.runUntilIdle();
            pair.away().spawn(() -> {
                event.set();
                event.clear();
            });
            pair.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, early.state());
            assertFalse(event.isSet());
        }
    }

    @Test
    void aWaitThatEndedEarlyLeavesNothingAndCanBeRepeated() {
        try (SteppedPair pair = new SteppedPair()) {
            Event event = new Event(pair.home().loop());
            Greenlet<?> timedOut = pair.away().spawn(() -> {
                assertThrows(DeadlineExceeded.class, () -> Weft.await(event, SOON));
                assertThrows(DeadlineExceeded.class, () -> Weft.await(event, SOON));
                Weft.await(event, NEVER);
            });
            Greenlet<?> killed = pair.away().spawn(event::await);
            pair.runUntilIdle();
            killed.kill();
            pair.away().advance(SOON.multipliedBy(2));
            pair.runUntilIdle();
            assertSame(Greenlet.State.CANCELLED, killed.state());
            assertSame(Greenlet.State.WAITING, timedOut.state());
            timedOut.kill();
            pair.runUntilIdle();
            assertEquals(List.of(), pair.home().loop().greenlets(), "nobody waits at home");
        }
    }

    @Test
    void eventsOfTwoLoopsAreClausesOfOneSelect() {
        for (boolean farIsFirst : new boolean[] {true, false}) {
            try (SteppedPair pair = new SteppedPair()) {
                Event far = new Event(pair.home().loop());
                Event near = new Event(pair.away().loop());
                Greenlet<String> selecting = pair.away()
                        .spawn(() -> Weft.select(
                                Select.on(far, nothing -> "far"),
                                Select.on(far, nothing -> "far"),
                                Select.on(near, nothing -> "near")));
                pair.runUntilIdle();
                (farIsFirst ? far : near).set();
                pair.runUntilIdle();
                assertEquals(farIsFirst ? "far" : "near", selecting.join());
                (farIsFirst ? near : far).set();
                pair.runUntilIdle();
                assertEquals(List.of(), pair.home().loop().greenlets(), "the other clauses are withdrawn");
            }
        }
    }

    @Test
    void theEndOfTheHomeIsReportedToThoseWhoWaitElsewhere() {
        try (SteppedPair pair = new SteppedPair()) {
            Event event = new Event(pair.home().loop());
            Greenlet<?> waiting = pair.away().spawn(() -> assertThrows(RejectedExecutionException.class, event::await));
            pair.runUntilIdle();
            pair.home().close();
            pair.away().runUntilIdle();
            assertSame(Greenlet.State.RETURNED, waiting.state());
            pair.away().run(() -> assertThrows(RejectedExecutionException.class, event::await));
        }
    }

    @Test
    void aThreadBlocksUntilItIsSet() throws Exception {
        Event event = new Event(home);
        FutureTask<Boolean> thread = inThread(() -> {
            event.await();
            return event.isSet();
        });
        untilVisited(1);
        away.spawn(event::set);
        assertTrue(thread.get());
    }

    @Test
    void whatPrecededASeenSetIsSeen() throws Exception {
        for (int round = 0; round < 1_000; round++) {
            Event event = new Event(home);
            int[] written = new int[1];
            home.spawn(() -> {
                written[0] = 1;
                event.set();
            });
            while (!event.isSet()) {
                Thread.onSpinWait();
            }
            assertEquals(1, written[0]);
        }
    }
}
