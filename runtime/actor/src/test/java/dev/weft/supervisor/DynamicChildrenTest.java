package dev.weft.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.supervisor.ChildInfo.State;
import dev.weft.supervisor.ChildSpec.Restart;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Children that are added, stopped, restarted and deleted while their supervisor runs. */
class DynamicChildrenTest extends SupervisorFixture {
    private Supervisor top;

    @BeforeEach
    void start() {
        top = start(Supervisor.restForOne().intensity(10, SECOND).child(child("a")));
        happened.assertHappened("+a");
    }

    private <X extends Exception> X refused(Class<X> type, Runnable request) {
        return assertThrows(
                type,
                () -> run(() -> {
                    request.run();
                    return "not refused";
                }));
    }

    @Test
    void aStartedChildComesLastInTheOrder() {
        ChildInfo b = run(() -> top.startChild(child("b")));
        assertSame(State.RUNNING, b.state());
        crash("a");
        happened.assertHappened("+b", "-a", "-b", "+a", "+b");
    }

    @Test
    void aChildWhoseIdIsTakenIsRefused() {
        refused(IllegalStateException.class, () -> top.startChild(child("a")));
        run(() -> stopped("a"));
        IllegalStateException e = refused(IllegalStateException.class, () -> top.startChild(child("a")));
        assertTrue(e.toString().contains("STOPPED"), e::toString);
    }

    private String stopped(String id) {
        top.stopChild(id);
        return "stopped";
    }

    @Test
    void aChildThatCannotBeStartedIsNotAdded() {
        refused(
                ChildStartFailed.class,
                () -> top.startChild(ChildSpec.of("b", () -> {
                    throw new Broken("b");
                })));
        assertEquals(List.of("a"), ids(top));
    }

    @Test
    void aStoppedChildKeepsItsSpecificationAndCanBeRestarted() {
        run(() -> stopped("a"));
        assertSame(State.STOPPED, info(top, "a").state());
        assertTrue(info(top, "a").child().isEmpty());
        assertSame(State.RUNNING, run(() -> top.restartChild("a")).state());
        happened.assertHappened("-a", "+a");
        assertEquals(1, info(top, "a").restarts());
    }

    @Test
    void aStoppedTemporaryChildIsForgotten() {
        run(() -> top.startChild(child("t").restart(Restart.TEMPORARY)));
        run(() -> stopped("t"));
        assertEquals(List.of("a"), ids(top));
    }

    @Test
    void aRunningChildIsNeitherRestartedNorDeletedOnRequest() {
        refused(IllegalStateException.class, () -> top.restartChild("a"));
        refused(IllegalStateException.class, () -> top.deleteChild("a"));
    }

    @Test
    void aDeletedChildIsForgotten() {
        run(() -> stopped("a"));
        run(() -> {
            top.deleteChild("a");
            return "deleted";
        });
        assertEquals(List.of(), ids(top));
        IllegalArgumentException e = refused(IllegalArgumentException.class, () -> top.stopChild("a"));
        assertEquals("supervisor top has no child a, only []", e.getMessage());
    }

    @Test
    void childrenAreShownWhileTheSupervisorIsBusy() {
        begin(() -> top.startChild(ChildSpec.starting("slow", ready -> {
            Weft.sleep(SECOND);
            ready.run();
            Weft.sleep(MINUTE);
        })));
        stepped.advance(Duration.ofMillis(300));
        ChildInfo slow = info(top, "slow");
        assertSame(State.STARTING, slow.state());
        assertEquals(Duration.ofMillis(300), slow.inState());
        stepped.advance(SECOND);
        assertSame(State.RUNNING, info(top, "slow").state());
        assertEquals(Duration.ofMillis(300), info(top, "slow").inState());
    }

    @Test
    void aRequestThatIsWithdrawnBeforeItsTurnIsNotCarriedOut() {
        begin(() -> top.startChild(ChildSpec.starting("slow", ready -> {
            Weft.sleep(SECOND);
            ready.run();
            Weft.sleep(MINUTE);
        })));
        Greenlet<?> impatient = begin(() -> top.startChild(child("b")));
        impatient.kill();
        stepped.advance(SECOND);
        assertEquals(List.of("a", "slow"), ids(top));
    }

    @Test
    void requestsThatWaitWhenTheSupervisorStopsAreRejected() {
        begin(() -> assertThrows(
                RejectedExecutionException.class,
                () -> top.startChild(ChildSpec.starting("slow", ready -> Weft.sleep(MINUTE)))));
        Greenlet<?> waiting =
                begin(() -> assertThrows(RejectedExecutionException.class, () -> top.startChild(child("b"))));
        stop(top);
        assertTrue(waiting.state().isDone());
        refused(RejectedExecutionException.class, () -> top.stopChild("a"));
    }

    @Test
    void aChildWhoseEndCannotBeAwaitedIsKilled() {
        Greenlet<?> unwatched = begin(() -> {
            Weft.sleep(MINUTE);
            return "end";
        });
        refused(
                ChildStartFailed.class,
                () -> top.startChild(ChildSpec.of("b", () -> {
                    Monitor end = Monitor.of(unwatched);
                    end.close();
                    return Child.of(end, grace -> {}, unwatched::kill);
                })));
        stepped.runUntilIdle();
        assertSame(Greenlet.State.CANCELLED, unwatched.state());
    }

    @Test
    void aSupervisorThatIsAskedByItsOwnGreenletSaysSo() {
        run(() -> top.startChild(ChildSpec.of("inner", () -> {
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> top.stopChild("a"));
            happened.add(String.valueOf(e.getMessage()));
            return Child.of(Weft.spawn(() -> Weft.sleep(MINUTE)));
        })));
        happened.assertHappened(
                "supervisor top would wait for itself; ask it in another greenlet: Weft.spawn(() -> ...)");
    }

    @Test
    void aSimpleOneForOneSupervisorNumbersItsChildren() {
        Supervisor calls = start(Supervisor.simpleOneForOne().intensity(10, SECOND));
        String first = run(() -> calls.startChild(child("call")).id());
        String second = run(() -> calls.startChild(child("call")).id());
        assertEquals(List.of("call-1", "call-2"), List.of(first, second));
        run(() -> {
            calls.stopChild("call-1");
            return "stopped";
        });
        assertEquals(List.of("call-2"), ids(calls));
        crash("call");
        assertEquals(1, info(calls, "call-2").restarts());
    }

    @Test
    void aSimpleOneForOneSupervisorForgetsChildrenThatHaveEnded() {
        Supervisor calls = start(Supervisor.simpleOneForOne());
        run(() -> calls.startChild(child("call").restart(Restart.TRANSIENT)));
        finish("call");
        assertEquals(List.of(), ids(calls));
    }

    @Test
    void aSimpleOneForOneSupervisorStopsAllAtOnce() {
        Supervisor calls = start(Supervisor.simpleOneForOne());
        for (int i = 0; i < 10; i++) {
            run(() -> calls.startChild(slowToStop("call", MINUTE).grace(SECOND)));
        }
        Greenlet<?> stopping = begin(() -> {
            calls.close();
            return null;
        });
        stepped.advance(SECOND);
        assertTrue(stopping.state().isDone());
    }

    @Test
    void aSimpleOneForOneSupervisorTakesNoChildrenBeforeItsStart() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Supervisor.simpleOneForOne().child(child("a")));
    }
}
