package dev.weft.actor;

import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Two senders offer two messages each: each is polled once, and in the order of its sender. */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "all four, in the order of each sender")
@Outcome(expect = Expect.FORBIDDEN, desc = "a message was lost, doubled or overtaken")
@State
public class IntakeSendersStress {
    private final StressedIntake intake = new StressedIntake();

    @Actor
    public void sender() {
        intake.offer(1, Intake.UNLIMITED);
        intake.offer(2, Intake.UNLIMITED);
    }

    @Actor
    public void anotherSender() {
        intake.offer(11, Intake.UNLIMITED);
        intake.offer(12, Intake.UNLIMITED);
    }

    @Arbiter
    public void arbiter(ZZ_Result result) {
        List<Integer> polled = intake.pollAll();
        result.r1 = polled.size() == 4 && intake.size() == 0;
        result.r2 = polled.indexOf(1) < polled.indexOf(2) && polled.indexOf(11) < polled.indexOf(12);
    }
}
