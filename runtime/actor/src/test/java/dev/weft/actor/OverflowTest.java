package dev.weft.actor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.sync.Event;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What happens to requests that are sent to an owner whose queue is full. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class OverflowTest {
    private final Recorder happened = new Recorder();

    /** Starts an owner with room for four that is busy until {@code go} is set, and tells it four things. */
    private Owner<Recorder> full(SteppedLoop stepped, Overflow overflow, Event go) {
        Owner<Recorder> owner = stepped.run(
                () -> Owner.builder("clerk").capacity(4).overflow(overflow).start(() -> happened));
        stepped.run(() -> {
            owner.tell(state -> go.await());
            return null;
        });
        stepped.run(() -> {
            for (int i = 1; i <= 4; i++) {
                tell(owner, i);
            }
            return null;
        });
        assertEquals(4, owner.size());
        return owner;
    }

    private static void tell(Owner<Recorder> owner, int number) {
        owner.tell(state -> state.add(number));
    }

    @Test
    void theTellerWaitsUntilThereIsRoom() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Event go = new Event(stepped.loop());
            Owner<Recorder> owner = full(stepped, Overflow.WAIT, go);
            Greenlet<?> first = stepped.spawn(() -> {
                tell(owner, 5);
                tell(owner, 6);
            });
            Greenlet<?> second = stepped.spawn(() -> tell(owner, 7));
            stepped.runUntilIdle();
            assertSame(Greenlet.State.WAITING, first.state());
            assertEquals("room in owner \"clerk\"", second.waitingOn());
            assertFalse(owner.tryTell(state -> state.add("never")));
            go.set();
            stepped.runUntilIdle();
            assertEquals(7, happened.events().size());
            assertTrue(happened.events().indexOf(5) < happened.events().indexOf(6), happened::toString);
            assertSame(Greenlet.State.RETURNED, second.state());
        }
    }

    @Test
    void noTellerIsLeftBehindWhateverTheOrder() {
        SteppedLoop.underSeeds(100, stepped -> {
            int[] sum = new int[1];
            Owner<int[]> owner =
                    stepped.run(() -> Owner.builder("sum").capacity(3).start(() -> sum));
            for (int teller = 0; teller < 5; teller++) {
                stepped.spawn(() -> {
                    for (int i = 1; i <= 20; i++) {
                        int number = i;
                        owner.tell(state -> state[0] += number);
                        assertTrue(owner.size() <= 3, () -> owner.size() + " are queued");
                    }
                });
            }
            stepped.runUntilIdle();
            assertEquals(5 * 210, sum[0]);
        });
    }

    @Test
    void aTellerThatIsKilledWhileItWaitsHasToldNothing() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Event go = new Event(stepped.loop());
            Owner<Recorder> owner = full(stepped, Overflow.WAIT, go);
            Greenlet<?> teller = stepped.spawn(() -> tell(owner, 5));
            stepped.runUntilIdle();
            teller.kill();
            stepped.runUntilIdle();
            go.set();
            stepped.runUntilIdle();
            happened.assertHappened(1, 2, 3, 4);
        }
    }

    @Test
    void tellersThatWaitAreToldOfTheOwnersEnd() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Owner<Recorder> owner = full(stepped, Overflow.WAIT, new Event(stepped.loop()));
            Greenlet<?> teller = stepped.spawn(() -> assertThrows(OwnerEnded.class, () -> tell(owner, 5)));
            stepped.runUntilIdle();
            owner.kill();
            stepped.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, teller.state());
        }
    }

    @Test
    void tellersThatWaitAreRefusedByAStopAtOnce() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Event go = new Event(stepped.loop());
            Owner<Recorder> owner = full(stepped, Overflow.WAIT, go);
            Greenlet<?> teller = stepped.spawn(() -> assertThrows(OwnerEnded.class, () -> tell(owner, 5)));
            stepped.runUntilIdle();
            owner.stop();
            stepped.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, teller.state());
            go.set();
            stepped.runUntilIdle();
            happened.assertHappened(1, 2, 3, 4);
        }
    }

    @Test
    void questionsAreQueuedBeyondTheCapacityAsTheirAskersWaitAnyway() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Event go = new Event(stepped.loop());
            Owner<Recorder> owner = full(stepped, Overflow.WAIT, go);
            Greenlet<Integer> asker =
                    stepped.spawn(() -> owner.ask(state -> state.events().size()));
            stepped.runUntilIdle();
            assertEquals(5, owner.size());
            go.set();
            stepped.runUntilIdle();
            assertEquals(4, asker.join());
        }
    }

    @Test
    void anOwnerThatWouldWaitForRoomItMustMakeIsToldSo() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Owner<Recorder> owner =
                    stepped.run(() -> Owner.builder("clerk").capacity(1).start(() -> happened));
            IllegalStateException e = stepped.run(() -> assertThrows(
                    IllegalStateException.class,
                    () -> owner.ask(state -> {
                        tell(owner, 1);
                        tell(owner, 2);
                        return true;
                    })));
            assertTrue(e.toString().contains("owner \"clerk\" waits for itself"), e::toString);
        }
    }

    @Test
    void theSenderIsToldOfTheFailure() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Event go = new Event(stepped.loop());
            Owner<Recorder> owner = full(stepped, Overflow.FAIL, go);
            stepped.run(() -> {
                MailboxFull full = assertThrows(MailboxFull.class, () -> tell(owner, 5));
                assertTrue(full.toString().contains("owner \"clerk\" is full (4 messages)"), full::toString);
                assertThrows(MailboxFull.class, () -> owner.ask(state -> state));
                assertFalse(owner.tryTell(state -> {}));
                go.set();
                return null;
            });
            happened.assertHappened(1, 2, 3, 4);
        }
    }

    @Test
    void theNewestIsDropped() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Event go = new Event(stepped.loop());
            Owner<Recorder> owner = full(stepped, Overflow.DROP_NEWEST, go);
            stepped.run(() -> {
                tell(owner, 5);
                assertFalse(owner.tryTell(state -> {}));
                assertThrows(MailboxFull.class, () -> owner.ask(state -> state));
                assertEquals(3, owner.statistics().dropped());
                go.set();
                return null;
            });
            happened.assertHappened(1, 2, 3, 4);
        }
    }

    @Test
    void theOldestIsDroppedAndItsAskerToldSo() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Event go = new Event(stepped.loop());
            Owner<Recorder> owner = full(stepped, Overflow.DROP_OLDEST, go);
            Greenlet<?> asker = stepped.spawn(() -> assertThrows(MailboxFull.class, () -> owner.ask(state -> state)));
            stepped.runUntilIdle();
            stepped.run(() -> {
                for (int i = 5; i <= 8; i++) {
                    tell(owner, i);
                }
                return null;
            });
            assertSame(Greenlet.State.RETURNED, asker.state());
            assertEquals(new Owner.Statistics(4, 0, 5), owner.statistics());
            go.set();
            stepped.runUntilIdle();
            happened.assertHappened(5, 6, 7, 8);
        }
    }

    @Test
    void aCapacityOfNothingIsRefused() {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class, () -> Owner.builder("clerk").capacity(0));
        assertTrue(e.toString().contains("at least one: 0"), e::toString);
    }
}
