package dev.weft.actor;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A sender offers two messages while the reader polls: each is polled once, and in their order. */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "both, in order")
@Outcome(expect = Expect.FORBIDDEN, desc = "a message was lost, doubled or overtaken")
@State
public class IntakeOrderStress {
    private final StressedIntake intake = new StressedIntake();
    private final List<Integer> polled = new ArrayList<>();

    @Actor
    public void sender() {
        intake.offer(1, Intake.UNLIMITED);
        intake.offer(2, Intake.UNLIMITED);
    }

    @Actor
    public void reader() {
        polled.addAll(intake.pollAll());
        polled.addAll(intake.pollAll());
    }

    @Arbiter
    public void arbiter(ZZ_Result result) {
        polled.addAll(intake.pollAll());
        result.r1 = polled.size() == 2 && intake.size() == 0;
        result.r2 = polled.indexOf(1) < polled.indexOf(2);
    }
}
