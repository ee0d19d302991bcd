package dev.weft.actor;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** A sender offers a message while the intake is closed: it is polled if, and only if, it was accepted. */
@JCStressTest
@Outcome(id = "true, 1", expect = Expect.ACCEPTABLE, desc = "accepted and polled")
@Outcome(id = "false, 0", expect = Expect.ACCEPTABLE, desc = "refused")
@Outcome(expect = Expect.FORBIDDEN, desc = "accepted and lost, or refused and polled")
@State
public class IntakeCloseStress {
    private final StressedIntake intake = new StressedIntake();

    @Actor
    public void sender(ZI_Result result) {
        result.r1 = intake.offer(1, Intake.UNLIMITED) == Intake.Admission.ACCEPTED;
    }

    @Actor
    public void closer() {
        intake.close();
    }

    @Arbiter
    public void arbiter(ZI_Result result) {
        result.r2 = intake.pollAll().size();
    }
}
