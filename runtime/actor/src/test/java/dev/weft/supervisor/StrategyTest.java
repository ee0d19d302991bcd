package dev.weft.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.supervisor.ChildInfo.State;
import dev.weft.supervisor.ChildSpec.Restart;
import dev.weft.supervisor.SupervisorReport.Context;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which children are stopped and restarted with one that has ended. */
class StrategyTest extends SupervisorFixture {

    private Supervisor.Builder abc(Supervisor.Builder builder) {
        return builder.intensity(10, SECOND).child(child("a")).child(child("b")).child(child("c"));
    }

    @Test
    void childrenAreStartedInOrderAndStoppedInReverse() {
        Supervisor top = start(abc(Supervisor.oneForOne()));
        happened.assertHappened("+a", "+b", "+c");
        stop(top);
        happened.assertHappened("-c", "-b", "-a");
    }

    @Test
    void oneForOneRestartsOnlyTheChildThatHasEnded() {
        start(abc(Supervisor.oneForOne()));
        happened.assertHappened("+a", "+b", "+c");
        crash("b");
        happened.assertHappened("-b", "+b");
    }

    @Test
    void oneForAllStopsTheOthersInReverseOrderAndRestartsAll() {
        start(abc(Supervisor.oneForAll()));
        happened.assertHappened("+a", "+b", "+c");
        crash("b");
        happened.assertHappened("-b", "-c", "-a", "+a", "+b", "+c");
    }

    @Test
    void restForOneRestartsTheChildAndThoseAfterIt() {
        start(abc(Supervisor.restForOne()).child(child("d")));
        happened.assertHappened("+a", "+b", "+c", "+d");
        crash("b");
        happened.assertHappened("-b", "-d", "-c", "+b", "+c", "+d");
        crash("d");
        happened.assertHappened("-d", "+d");
    }

    @Test
    void aTemporaryChildIsNotRestartedWithASibling() {
        Supervisor top = start(Supervisor.oneForAll()
                .intensity(10, SECOND)
                .child(child("a").restart(Restart.TEMPORARY))
                .child(child("b")));
        crash("b");
        happened.assertHappened("+a", "+b", "-b", "-a", "+b");
        assertEquals(List.of("b"), ids(top));
    }

    @Test
    void aChildThatHasStoppedIsRestartedWithASibling() {
        Supervisor top = start(Supervisor.oneForAll()
                .intensity(10, SECOND)
                .child(child("a").restart(Restart.TRANSIENT))
                .child(child("b")));
        finish("a");
        assertSame(State.STOPPED, info(top, "a").state());
        crash("b");
        happened.assertHappened("+a", "+b", "-a", "-b", "+a", "+b");
    }

    @Test
    void theReportSaysWhichChildHasEndedAndWhy() {
        start(abc(Supervisor.oneForOne()));
        crash("b");
        assertEquals(1, reports.size());
        SupervisorReport report = reports.get(0);
        assertSame(Context.CHILD_TERMINATED, report.context());
        assertEquals("child b of supervisor top has ended", report.toString());
        assertInstanceOf(Broken.class, report.reason().orElseThrow());
    }

    @Test
    void siblingsThatCrashTogetherAreEachRestartedOnce() {
        start(abc(Supervisor.oneForAll()));
        happened.assertHappened("+a", "+b", "+c");
        end("a").completeExceptionally(new Broken("a"));
        end("c").completeExceptionally(new Broken("c"));
        stepped.runUntilIdle();
        happened.assertHappened("-a", "-c", "-b", "+a", "+b", "+c");
        assertEquals(List.of(Context.CHILD_TERMINATED, Context.SHUTDOWN_ERROR), contexts());
    }

    @Test
    void twoChildrenOfOneIdAreRefused() {
        Supervisor.Builder builder = Supervisor.oneForOne().child(child("a"));
        Exception e = assertThrows(IllegalArgumentException.class, () -> builder.child(child("a")));
        assertTrue(e.toString().contains("another id"), e::toString);
    }
}
