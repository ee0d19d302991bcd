package dev.weft.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.supervisor.ChildInfo.State;
import dev.weft.supervisor.ChildSpec.Restart;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Supervisors of supervisors. */
class SupervisionTreeTest extends SupervisorFixture {

    private Supervisor.Builder inner() {
        return Supervisor.oneForOne()
                .intensity(1, SECOND)
                .reports(reports::add)
                .child(child("x"))
                .child(child("y"));
    }

    private Supervisor.Builder outer(ChildSpec inner) {
        return Supervisor.oneForOne()
                .intensity(2, SECOND)
                .child(child("a"))
                .child(inner)
                .child(child("z"));
    }

    @Test
    void theTreeIsStartedDepthFirstAndStoppedInReverse() {
        Supervisor top = start(outer(ChildSpec.supervisor("inner", inner())));
        happened.assertHappened("+a", "+x", "+y", "+z");
        stop(top);
        happened.assertHappened("-z", "-y", "-x", "-a");
    }

    @Test
    void aSupervisorThatGivesUpIsRestartedByItsOwn() {
        Supervisor top = start(outer(ChildSpec.supervisor("inner", inner())));
        crash("x");
        happened.assertHappened("+a", "+x", "+y", "+z", "-x", "+x");
        crash("x");
        happened.assertHappened("-x", "-y", "+x", "+y");
        assertEquals(1, info(top, "inner").restarts());
    }

    @Test
    void aTransientSupervisorThatGivesUpIsRestartedToo() {
        Supervisor top = start(outer(ChildSpec.supervisor("inner", inner()).restart(Restart.TRANSIENT)));
        crash("x");
        crash("x");
        assertSame(State.RUNNING, info(top, "inner").state());
    }

    @Test
    void whatCannotBeHealedGoesUpToTheTop() {
        Supervisor top = start(outer(ChildSpec.supervisor("inner", inner())));
        Greenlet<RestartsExceeded> joiner = begin(() -> assertThrows(RestartsExceeded.class, top::join));
        for (int i = 0; i < 6; i++) {
            crash("x"); // one restart each by the inner one, three inner ones
        }
        RestartsExceeded e = joiner.join();
        assertInstanceOf(RestartsExceeded.class, e.getCause());
        assertInstanceOf(Broken.class, rootCause(e));
        assertEquals(List.of(), stepped.loop().greenlets());
    }

    @Test
    void aSupervisorHasUnlimitedGraceByDefault() {
        Supervisor top = start(Supervisor.oneForOne()
                .child(ChildSpec.supervisor(
                        "inner",
                        Supervisor.oneForOne()
                                .child(slowToStop("slow", Duration.ofHours(1)).unlimitedGrace()))));
        Greenlet<?> stopping = begin(() -> {
            top.close();
            return null;
        });
        stepped.advance(Duration.ofHours(1));
        assertTrue(stopping.state().isDone());
        happened.assertHappened("+slow", "cleaned up slow", "-slow");
    }

    @Test
    void aBrutallyKilledSupervisorTakesItsTreeWithIt() {
        Supervisor top = start(Supervisor.oneForOne()
                .child(ChildSpec.supervisor(
                                "inner",
                                Supervisor.oneForOne()
                                        .child(slowToStop("p", MINUTE))
                                        .child(slowToStop("q", MINUTE)))
                        .brutalKill()));
        stop(top);
        stepped.runUntilIdle();
        assertEquals(List.of(), stepped.loop().greenlets());
    }

    @Test
    void theTreeCanBeAskedFor() {
        Supervisor top = start(outer(ChildSpec.supervisor("inner", inner())));
        stepped.advance(SECOND);
        crash("x");
        stepped.advance(SECOND);
        assertEquals("""
                top [one-for-one]
                  a: running for PT2S, 0 restarts
                  inner [one-for-one]: running for PT2S, 0 restarts
                    x: running for PT1S, 1 restarts
                    y: running for PT2S, 0 restarts
                  z: running for PT2S, 0 restarts
                """, run(top::tree));
    }

    @Test
    void greenletsAreNamedByTheirPlaceInTheTree() {
        start(outer(ChildSpec.supervisor("inner", inner())));
        assertEquals("top/inner/x", greenlet("x").name());
    }
}
