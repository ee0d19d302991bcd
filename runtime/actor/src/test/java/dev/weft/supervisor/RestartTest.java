package dev.weft.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.supervisor.ChildInfo.State;
import dev.weft.supervisor.ChildSpec.Restart;
import dev.weft.supervisor.SupervisorReport.Context;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** When a child is restarted, how often, and how it is started. */
class RestartTest extends SupervisorFixture {

    private Supervisor one(ChildSpec spec) {
        return start(Supervisor.oneForOne().intensity(3, SECOND).child(spec));
    }

    @Test
    void aPermanentChildIsRestartedEvenIfItReturns() {
        one(child("a"));
        finish("a");
        crash("a");
        happened.assertHappened("+a", "-a", "+a", "-a", "+a");
        assertTrue(reports.get(0).reason().isEmpty());
    }

    @Test
    void aTransientChildIsRestartedIfItFails() {
        Supervisor top = one(child("a").restart(Restart.TRANSIENT));
        crash("a");
        finish("a");
        happened.assertHappened("+a", "-a", "+a", "-a");
        assertSame(State.STOPPED, info(top, "a").state());
        assertEquals(1, reports.size());
    }

    @Test
    void aTransientChildThatAStrangerKillsIsRestarted() {
        one(child("a").restart(Restart.TRANSIENT));
        greenlet("a").kill();
        stepped.runUntilIdle();
        happened.assertHappened("+a", "-a", "+a");
    }

    @Test
    void aTemporaryChildIsNeverRestartedAndIsForgotten() {
        Supervisor top = one(child("a").restart(Restart.TEMPORARY));
        crash("a");
        happened.assertHappened("+a", "-a");
        assertEquals(List.of(), ids(top));
        assertEquals(List.of(Context.CHILD_TERMINATED), contexts());
    }

    @Test
    void moreRestartsThanTheIntensityAllowsEndTheSupervisor() {
        Supervisor top = start(
                Supervisor.oneForOne().intensity(2, SECOND).child(child("a")).child(child("b")));
        crash("b");
        crash("b");
        happened.assertHappened("+a", "+b", "-b", "+b", "-b", "+b");
        Greenlet<RestartsExceeded> joiner = begin(() -> assertThrows(RestartsExceeded.class, top::join));
        crash("b");
        happened.assertHappened("-b", "-a");
        RestartsExceeded e = joiner.join();
        assertInstanceOf(Broken.class, e.getCause());
        assertTrue(e.toString().contains("more than 2 restarts in PT1S"), e::toString);
        assertSame(Context.SHUTDOWN, reports.get(reports.size() - 1).context());
    }

    @Test
    void restartsOutsideThePeriodDoNotCount() {
        Supervisor top = start(Supervisor.oneForOne().intensity(1, SECOND).child(child("a")));
        for (int i = 0; i < 5; i++) {
            crash("a");
            stepped.advance(SECOND.plusMillis(1));
        }
        assertEquals(5, info(top, "a").restarts());
        assertSame(State.RUNNING, info(top, "a").state());
    }

    @Test
    void aRestartExactlyAPeriodAgoCounts() {
        Supervisor top = start(Supervisor.oneForOne().intensity(1, SECOND).child(child("a")));
        crash("a");
        stepped.advance(SECOND);
        Greenlet<RestartsExceeded> joiner = begin(() -> assertThrows(RestartsExceeded.class, top::join));
        crash("a");
        joiner.join();
    }

    @Test
    void startReturnsOnlyWhenTheChildSaysItIsUp() {
        Greenlet<Supervisor> starting = begin(() -> Supervisor.oneForOne()
                .child(ChildSpec.starting("slow", ready -> {
                    Weft.sleep(SECOND);
                    ready.run();
                    Weft.sleep(MINUTE);
                }))
                .child(child("next"))
                .start("top"));
        assertFalse(starting.state().isDone());
        happened.assertHappened();
        stepped.advance(SECOND);
        assertTrue(starting.state().isDone());
        happened.assertHappened("+next");
    }

    @Test
    void aChildThatCannotBeStartedFailsTheStartAndThoseBeforeItAreStopped() {
        ChildStartFailed e = assertThrows(
                ChildStartFailed.class,
                () -> start(Supervisor.oneForOne()
                        .child(child("a"))
                        .child(child("b"))
                        .child(ChildSpec.starting("c", ready -> {
                            throw new Broken("no database");
                        }))));
        assertEquals("child c of supervisor top could not be started", e.getMessage());
        assertInstanceOf(Broken.class, e.getCause());
        happened.assertHappened("+a", "+b", "-b", "-a");
    }

    @Test
    void aChildThatReturnsBeforeItIsUpCouldNotBeStarted() {
        ChildStartFailed e = assertThrows(ChildStartFailed.class, () -> one(ChildSpec.starting("a", ready -> {})));
        assertTrue(String.valueOf(e.getCause()).contains("call ready.run()"), e::toString);
    }

    @Test
    void aChildIsReadyOnce() {
        one(ChildSpec.starting("a", ready -> {
            ready.run();
            IllegalStateException e = assertThrows(IllegalStateException.class, ready::run);
            happened.add(String.valueOf(e.getMessage()));
            Weft.sleep(MINUTE);
        }));
        happened.assertHappened("ready was called a second time");
    }

    @Test
    void aStartThatIsGivenUpHasItsGraceAndNoMore() {
        ChildSpec stubborn = ChildSpec.starting("a", ready -> Weft.shield(() -> Weft.sleep(MINUTE)))
                .startWithin(SECOND)
                .grace(SECOND);
        Greenlet<ChildStartFailed> starting = begin(() -> assertThrows(
                ChildStartFailed.class,
                () -> Supervisor.oneForOne().child(stubborn).start("top")));
        stepped.advance(SECOND);
        assertFalse(starting.state().isDone());
        stepped.advance(SECOND);
        assertInstanceOf(DeadlineExceeded.class, starting.join().getCause());
    }

    @Test
    void aStartThatTakesTooLongIsGivenUp() {
        ChildSpec never = ChildSpec.starting("a", ready -> Weft.sleep(MINUTE)).startWithin(SECOND);
        Greenlet<ChildStartFailed> starting = begin(() -> assertThrows(
                ChildStartFailed.class,
                () -> Supervisor.oneForOne().child(never).start("top")));
        stepped.advance(SECOND);
        ChildStartFailed e = starting.join();
        assertInstanceOf(DeadlineExceeded.class, e.getCause());
    }

    @Test
    void aRestartThatFailsIsTriedAgainAndCounts() {
        AtomicInteger starts = new AtomicInteger();
        Supervisor top = one(ChildSpec.starting("a", ready -> {
            int start = starts.incrementAndGet();
            if (start == 2 || start == 3) {
                throw new Broken("start " + start);
            }
            happened.add("+a" + start);
            ready.run();
            if (start == 1) {
                Weft.yieldNow();
                throw new Broken("run");
            }
            Weft.sleep(MINUTE);
        }));
        stepped.runUntilIdle();
        happened.assertHappened("+a1", "+a4");
        assertEquals(List.of(Context.CHILD_TERMINATED, Context.START_ERROR, Context.START_ERROR), contexts());
        assertEquals(1, info(top, "a").restarts());
    }

    @Test
    void aChildWhoseRestartFailsCanBeStoppedBeforeTheNextTry() {
        AtomicInteger starts = new AtomicInteger();
        Supervisor top = one(ChildSpec.starting("a", ready -> {
            if (starts.incrementAndGet() == 1) {
                ready.run();
            } else {
                Weft.sleep(SECOND);
            }
            throw new Broken("start " + starts);
        }));
        stepped.runUntilIdle();
        Greenlet<String> request = begin(() -> {
            top.stopChild("a");
            return "stopped";
        });
        stepped.advance(SECOND);
        assertTrue(request.state().isDone());
        assertSame(State.STOPPED, info(top, "a").state());
        assertEquals(2, starts.get());
    }

    @Test
    void aRestartThatKeepsFailingEndsTheSupervisor() {
        AtomicInteger starts = new AtomicInteger();
        Supervisor top = one(ChildSpec.starting("a", ready -> {
            if (starts.incrementAndGet() > 1) {
                throw new Broken("start");
            }
            ready.run();
            Weft.sleep(SECOND);
        }));
        Greenlet<RestartsExceeded> joiner = begin(() -> assertThrows(RestartsExceeded.class, top::join));
        stepped.advance(SECOND);
        joiner.join();
        assertEquals(4, starts.get()); // the first, and three restarts
    }

    @Test
    void aFailedRestartOfASiblingRestartsTheGroupFromThere() {
        AtomicInteger starts = new AtomicInteger();
        start(Supervisor.oneForAll()
                .intensity(5, SECOND)
                .child(child("a"))
                .child(ChildSpec.starting("b", ready -> {
                    if (starts.incrementAndGet() == 2) {
                        throw new Broken("b");
                    }
                    happened.add("+b");
                    ready.run();
                    Weft.sleep(MINUTE);
                }))
                .child(child("c")));
        happened.assertHappened("+a", "+b", "+c");
        crash("c");
        happened.assertHappened("-c", "-a", "+a", "-a", "+a", "+b", "+c");
    }

    @Test
    void withBackOffThePausesDoubleUpToTheLongest() {
        Supervisor top = start(Supervisor.oneForOne()
                .intensity(100, MINUTE)
                .backOff(SECOND, Duration.ofSeconds(4))
                .child(child("a")));
        for (int limit : new int[] {1, 2, 4, 4}) {
            crash("a");
            assertSame(State.RESTARTING, info(top, "a").state());
            stepped.advance(Duration.ofMillis(limit * 500 - 1));
            assertSame(State.RESTARTING, info(top, "a").state(), "before half of " + limit);
            stepped.advance(Duration.ofMillis(limit * 500 + 2));
            assertSame(State.RUNNING, info(top, "a").state(), "after " + limit);
        }
    }

    @Test
    void aLongRunEndsTheStreak() {
        Supervisor top = start(Supervisor.oneForOne()
                .intensity(100, MINUTE)
                .backOff(SECOND, Duration.ofSeconds(4))
                .child(child("a")));
        crash("a");
        stepped.advance(SECOND);
        crash("a");
        stepped.advance(Duration.ofSeconds(2).plus(Duration.ofSeconds(4)));
        crash("a");
        stepped.advance(SECOND.plusMillis(1));
        assertSame(State.RUNNING, info(top, "a").state());
    }

    @Test
    void siblingsWaitForTheBackOffToo() {
        start(Supervisor.restForOne()
                .intensity(100, MINUTE)
                .backOff(SECOND, SECOND)
                .child(child("a"))
                .child(child("b"))
                .child(child("c")));
        happened.assertHappened("+a", "+b", "+c");
        crash("b");
        happened.assertHappened("-b", "-c");
        crash("a"); // a wider restart takes the place of the pending one
        happened.assertHappened("-a");
        stepped.advance(SECOND);
        happened.assertHappened("+a", "+b", "+c");
    }

    @Test
    void aChildThatIsStoppedDuringItsBackOffLetsTheOthersGoOn() {
        Supervisor top = start(Supervisor.oneForAll()
                .intensity(100, MINUTE)
                .backOff(SECOND, SECOND)
                .child(child("a"))
                .child(child("b")));
        crash("a");
        happened.assertHappened("+a", "+b", "-a", "-b");
        begin(() -> {
            top.stopChild("a");
            return null;
        });
        happened.assertHappened("+b");
        stepped.advance(MINUTE);
        happened.assertHappened();
        assertSame(State.STOPPED, info(top, "a").state());
    }

    @Test
    void aSupervisorThatIsStoppedDuringABackOffLeavesNoTimer() {
        Supervisor top = start(Supervisor.oneForOne()
                .intensity(100, MINUTE)
                .backOff(MINUTE, MINUTE)
                .child(child("a")));
        crash("a");
        stop(top);
        assertEquals(0, stepped.loop().statistics().timers());
        happened.assertHappened("+a", "-a");
    }
}
