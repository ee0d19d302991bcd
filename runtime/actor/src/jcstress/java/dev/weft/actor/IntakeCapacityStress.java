package dev.weft.actor;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** Two senders compete for room for one message: exactly one gets it. */
@JCStressTest
@Outcome(id = "true, false, 1", expect = Expect.ACCEPTABLE, desc = "the first got it")
@Outcome(id = "false, true, 1", expect = Expect.ACCEPTABLE, desc = "the second got it")
@Outcome(expect = Expect.FORBIDDEN, desc = "both or neither, or the message was lost")
@State
public class IntakeCapacityStress {
    private final StressedIntake intake = new StressedIntake();

    @Actor
    public void sender(ZZI_Result result) {
        result.r1 = intake.offer(1, 1) == Intake.Admission.ACCEPTED;
    }

    @Actor
    public void anotherSender(ZZI_Result result) {
        result.r2 = intake.offer(2, 1) == Intake.Admission.ACCEPTED;
    }

    @Arbiter
    public void arbiter(ZZI_Result result) {
        result.r3 = intake.pollAll().size();
    }
}
