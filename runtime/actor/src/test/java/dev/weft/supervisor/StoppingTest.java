package dev.weft.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.supervisor.ChildInfo.State;
import dev.weft.supervisor.SupervisorReport.Context;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How a supervisor stops its children, and itself. */
class StoppingTest extends SupervisorFixture {
    private static final Duration FIVE_SECONDS = Duration.ofSeconds(5);

    private Greenlet<?> beginToStop(Supervisor supervisor) {
        return begin(() -> {
            supervisor.close();
            return null;
        });
    }

    @Test
    void aChildHasItsGraceToCleanUp() {
        Supervisor top = start(Supervisor.oneForOne().child(child("a")).child(slowToStop("b", SECOND)));
        Greenlet<?> stopping = beginToStop(top);
        happened.assertHappened("+a", "+b"); // a is not asked before b has ended
        assertSame(State.STOPPING, info(top, "b").state());
        stepped.advance(SECOND);
        happened.assertHappened("cleaned up b", "-b", "-a");
        assertTrue(stopping.state().isDone());
        assertEquals(List.of(), reports);
    }

    @Test
    void aChildThatNeedsLongerThanItsGraceIsKilledThroughItsShield() {
        Supervisor top =
                start(Supervisor.oneForOne().child(slowToStop("a", MINUTE).grace(SECOND)));
        Greenlet<?> stopping = beginToStop(top);
        stepped.advance(SECOND.minusMillis(1));
        assertFalse(stopping.state().isDone());
        stepped.advance(Duration.ofMillis(1));
        happened.assertHappened("+a", "-a");
        assertTrue(stopping.state().isDone());
    }

    @Test
    void theGraceIsFiveSecondsByDefault() {
        Supervisor top = start(Supervisor.oneForOne().child(slowToStop("a", MINUTE)));
        Greenlet<?> stopping = beginToStop(top);
        stepped.advance(FIVE_SECONDS.minusMillis(1));
        assertFalse(stopping.state().isDone());
        stepped.advance(Duration.ofMillis(1));
        assertTrue(stopping.state().isDone());
    }

    @Test
    void aBrutalKillLeavesNoTimeToCleanUp() {
        Supervisor top =
                start(Supervisor.oneForOne().child(slowToStop("a", SECOND).brutalKill()));
        stop(top);
        happened.assertHappened("+a", "-a");
    }

    @Test
    void withUnlimitedGraceTheSupervisorWaits() {
        Supervisor top = start(Supervisor.oneForOne()
                .child(slowToStop("a", Duration.ofHours(10)).unlimitedGrace()));
        Greenlet<?> stopping = beginToStop(top);
        stepped.advance(Duration.ofHours(9));
        assertFalse(stopping.state().isDone());
        stepped.advance(Duration.ofHours(1));
        assertTrue(stopping.state().isDone());
        happened.assertHappened("+a", "cleaned up a", "-a");
    }

    @Test
    void aChildThatFailsWhileItStopsIsReported() {
        Supervisor top = start(Supervisor.oneForOne().child(ChildSpec.greenlet("a", () -> {
            try {
                Weft.sleep(MINUTE);
            } catch (Cancelled e) {
                throw new AssertionError("clean-up failed", e);
            }
        })));
        stop(top);
        assertEquals(List.of(Context.SHUTDOWN_ERROR), contexts());
    }

    @Test
    void aChildThatIgnoresAKillIsReportedAndWaitedFor() {
        CompletableFuture<String> end = new CompletableFuture<>();
        Supervisor top = start(Supervisor.oneForOne()
                .child(ChildSpec.of("stubborn", () -> Child.of(Weft.completion(end), grace -> {}, () -> {}))));
        Greenlet<?> stopping = beginToStop(top);
        stepped.advance(Duration.ofSeconds(15));
        assertEquals(List.of(Context.SHUTDOWN_ERROR), contexts());
        stepped.advance(Duration.ofHours(1));
        assertFalse(stopping.state().isDone());
        end.complete("at last");
        stepped.runUntilIdle();
        assertTrue(stopping.state().isDone());
    }

    @Test
    void aChildThatCannotBeAskedToStopIsKilled() {
        CompletableFuture<String> end = new CompletableFuture<>();
        Supervisor top = start(Supervisor.oneForOne()
                .child(ChildSpec.of(
                        "odd",
                        () -> Child.of(
                                Weft.completion(end),
                                grace -> {
                                    throw new IllegalStateException("cannot stop");
                                },
                                () -> end.complete("killed")))));
        Greenlet<?> stopping = beginToStop(top);
        stepped.advance(FIVE_SECONDS);
        assertTrue(stopping.state().isDone());
        assertEquals(List.of(Context.SHUTDOWN_ERROR), contexts());
    }

    @Test
    void aKilledSupervisorStopsItsChildrenInOrderFirst() {
        Supervisor top =
                start(Supervisor.oneForOne().child(slowToStop("a", SECOND)).child(child("b")));
        Greenlet<?> supervisor = (Greenlet<?>) top.end();
        supervisor.kill();
        stepped.runUntilIdle();
        happened.assertHappened("+a", "+b", "-b");
        stepped.advance(SECOND);
        happened.assertHappened("cleaned up a", "-a");
        assertSame(Greenlet.State.CANCELLED, supervisor.state());
    }

    @Test
    void aForciblyKilledSupervisorLeavesNoChildBehind() {
        Supervisor top =
                start(Supervisor.oneForOne().child(slowToStop("a", MINUTE)).child(slowToStop("b", MINUTE)));
        top.kill();
        stepped.runUntilIdle();
        assertTrue(((Greenlet<?>) top.end()).state().isDone());
        assertEquals(List.of(), stepped.loop().greenlets());
    }

    @Test
    void aSupervisorThatIsKilledWhileItStopsKillsTheRest() {
        Supervisor top =
                start(Supervisor.oneForOne().child(slowToStop("a", MINUTE)).child(slowToStop("b", MINUTE)));
        beginToStop(top);
        happened.assertHappened("+a", "+b");
        top.kill();
        stepped.runUntilIdle();
        happened.assertHappened("-b", "-a");
        assertEquals(List.of(), stepped.loop().greenlets());
    }

    @Test
    void aSupervisorThatIsStoppedWhileAChildStartsGivesTheStartUp() {
        Greenlet<Supervisor> starting = begin(() -> Supervisor.oneForOne()
                .child(child("a"))
                .child(ChildSpec.starting("never", ready -> {
                    try {
                        Weft.sleep(MINUTE);
                    } finally {
                        happened.add("gave up");
                    }
                }))
                .start("top"));
        starting.kill();
        stepped.runUntilIdle();
        happened.assertHappened("+a", "gave up", "-a");
        assertThrows(Cancelled.class, starting::join);
        assertEquals(List.of(), stepped.loop().greenlets());
    }

    @Test
    void noChildIsRestartedWhileTheLoopCloses() {
        start(Supervisor.oneForAll().intensity(10, SECOND).child(child("a")).child(child("b")));
        happened.assertHappened("+a", "+b");
        stepped.close();
        assertEquals(2, happened.events().size(), happened::toString); // -a and -b, in any order
        assertEquals(List.of(), reports);
    }

    @Test
    void aJoinThatIsKilledDoesNotWaitForTheStop() {
        Supervisor stopping = start(Supervisor.oneForOne().child(slowToStop("a", SECOND)));
        stopping.stop();
        Greenlet<?> joining = begin(() -> {
            stopping.join();
            return "returned";
        });
        joining.kill();
        stepped.runUntilIdle();
        assertSame(Greenlet.State.CANCELLED, joining.state());
        stepped.advance(SECOND);
    }

    @Test
    void joinReturnsAfterAStopAndThrowsAfterAKill() {
        Supervisor stopped = start(Supervisor.oneForOne().child(child("a")));
        stopped.stop();
        stepped.runUntilIdle();
        run(() -> {
            stopped.join();
            return "returned";
        });
        Supervisor killed = start(Supervisor.oneForOne().child(child("a")));
        killed.kill();
        stepped.runUntilIdle();
        assertThrows(
                Cancelled.class,
                () -> run(() -> {
                    killed.join();
                    return "returned";
                }));
    }

    @Test
    void aKilledGreenletClosesItsSupervisorInOrder() {
        Greenlet<?> owner = begin(() -> {
            try (Supervisor top =
                    Supervisor.oneForOne().child(slowToStop("a", SECOND)).start("top")) {
                top.join();
            } finally {
                happened.add("closed");
            }
            return null;
        });
        owner.kill();
        stepped.advance(SECOND);
        happened.assertHappened("+a", "cleaned up a", "-a", "closed");
    }
}
