package dev.weft.spi;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** A match of two waits, and a timeout of one of them, the second to be taken: both claims or none. */
@JCStressTest
@Outcome(id = "true, false, false", expect = Expect.ACCEPTABLE, desc = "matched, and the timeout came too late")
@Outcome(id = "false, true, true", expect = Expect.ACCEPTABLE, desc = "timed out, and the other one still waits")
@Outcome(expect = Expect.FORBIDDEN, desc = "both, none, or a wait that is over without an end")
@State
public class ClaimPairAgainstTakeStress {
    private final ClaimPairStress.Wait one = new ClaimPairStress.Wait();
    private final ClaimPairStress.Wait other = new ClaimPairStress.Wait();
    private boolean matched;
    private boolean timedOut;

    @Actor
    public void match() {
        matched = one.tryClaimWith(other);
    }

    @Actor
    public void timeOut() {
        timedOut = other.claim().tryTake(this);
    }

    @Arbiter
    public void arbiter(ZZZ_Result result) {
        result.r1 = matched;
        result.r2 = timedOut;
        result.r3 = one.isOpen();
    }
}
