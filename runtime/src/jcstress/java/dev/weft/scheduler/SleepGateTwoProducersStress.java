package dev.weft.scheduler;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Two producers find one sleeper: exactly one of them makes the system call that wakes it. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "one of them wakes it")
@Outcome(id = "0", expect = Expect.FORBIDDEN, desc = "nobody wakes it")
@Outcome(id = "2", expect = Expect.FORBIDDEN, desc = "both pay for the wake-up")
@State
public class SleepGateTwoProducersStress {
    private final SleepGate gate = new SleepGate();
    private final AtomicInteger wakeUps = new AtomicInteger();

    public SleepGateTwoProducersStress() {
        gate.advertise();
    }

    @Actor
    public void one() {
        if (gate.claimWakeUp()) {
            wakeUps.incrementAndGet();
        }
    }

    @Actor
    public void other() {
        if (gate.claimWakeUp()) {
            wakeUps.incrementAndGet();
        }
    }

    @Arbiter
    public void arbiter(I_Result result) {
        result.r1 = wakeUps.get();
    }
}
