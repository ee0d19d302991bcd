package dev.weft.supervisor;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.supervisor.ChildSpec.Restart;
import dev.weft.supervisor.Supervisor.AutoShutdown;
import org.junit.jupiter.api.Test;

/** Supervisors that stop when their significant children have ended. */
class AutoShutdownTest extends SupervisorFixture {

    private Supervisor start(AutoShutdown when, Supervisor.Builder builder) {
        return start(builder.intensity(5, SECOND)
                .autoShutdown(when)
                .child(child("t").restart(Restart.TRANSIENT).significant())
                .child(child("u").restart(Restart.TEMPORARY).significant())
                .child(child("other")));
    }

    private static boolean hasEnded(Supervisor supervisor) {
        return ((Greenlet<?>) supervisor.end()).state().isDone();
    }

    @Test
    void anySignificantChildThatReturnsStopsTheSupervisor() {
        Supervisor top = start(AutoShutdown.ANY_SIGNIFICANT, Supervisor.oneForOne());
        finish("t");
        assertTrue(hasEnded(top));
        happened.assertHappened("+t", "+u", "+other", "-t", "-other", "-u");
        run(() -> {
            top.join();
            return "in order";
        });
    }

    @Test
    void aTemporarySignificantChildThatFailsCountsToo() {
        Supervisor top = start(AutoShutdown.ANY_SIGNIFICANT, Supervisor.oneForOne());
        crash("u");
        assertTrue(hasEnded(top));
    }

    @Test
    void aTransientSignificantChildThatFailsIsRestarted() {
        Supervisor top = start(AutoShutdown.ANY_SIGNIFICANT, Supervisor.oneForOne());
        crash("t");
        assertFalse(hasEnded(top));
    }

    @Test
    void theLastOfAllSignificantChildrenStopsTheSupervisor() {
        Supervisor top = start(AutoShutdown.ALL_SIGNIFICANT, Supervisor.oneForOne());
        finish("u");
        assertFalse(hasEnded(top));
        finish("t");
        assertTrue(hasEnded(top));
    }

    @Test
    void aChildThatTheSupervisorStopsDoesNotCount() {
        Supervisor top = start(AutoShutdown.ANY_SIGNIFICANT, Supervisor.oneForOne());
        run(() -> {
            top.stopChild("u");
            return "stopped";
        });
        assertFalse(hasEnded(top));
    }

    @Test
    void aChildThatEndsBecauseOfASiblingDoesNotCount() {
        Supervisor top = start(AutoShutdown.ANY_SIGNIFICANT, Supervisor.oneForAll());
        crash("other");
        assertFalse(hasEnded(top));
        happened.assertHappened("+t", "+u", "+other", "-other", "-u", "-t", "+t", "+other");
    }

    @Test
    void aSimpleOneForOneSupervisorStopsWithItsLastChild() {
        Supervisor calls = start(Supervisor.simpleOneForOne().autoShutdown(AutoShutdown.ALL_SIGNIFICANT));
        for (String id : new String[] {"x", "y"}) {
            run(() -> calls.startChild(child(id).restart(Restart.TEMPORARY).significant()));
        }
        finish("x");
        assertFalse(hasEnded(calls));
        finish("y");
        assertTrue(hasEnded(calls));
    }

    @Test
    void aSignificantChildIsRefusedByASupervisorThatNeverStops() {
        ChildSpec significant = child("s").restart(Restart.TRANSIENT).significant();
        assertThrows(
                IllegalArgumentException.class,
                () -> start(Supervisor.oneForOne().child(significant)));
        Supervisor top = start(Supervisor.oneForOne());
        assertThrows(IllegalArgumentException.class, () -> run(() -> top.startChild(significant)));
    }

    @Test
    void aPermanentChildCannotBeSignificant() {
        assertThrows(
                IllegalArgumentException.class,
                () -> start(Supervisor.oneForOne()
                        .autoShutdown(AutoShutdown.ANY_SIGNIFICANT)
                        .child(child("s").significant())));
    }
}
