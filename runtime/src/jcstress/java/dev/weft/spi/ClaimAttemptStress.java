package dev.weft.spi;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A read that finds nothing and gives the claim back, while another thread wants it: that one is never turned away. */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "the attempt came first, and made room")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "the attempt came too late")
@Outcome(expect = Expect.FORBIDDEN, desc = "turned away by an attempt that came to nothing")
@State
public class ClaimAttemptStress {
    private final ClaimPairStress.Wait wait = new ClaimPairStress.Wait();
    private boolean attempted;
    private boolean taken;

    @Actor
    public void attempt() {
        attempted = wait.tryBeginClaim();
        if (attempted) {
            wait.giveClaimBack();
        }
    }

    @Actor
    public void take() {
        taken = wait.tryClaim();
    }

    @Arbiter
    public void arbiter(ZZ_Result result) {
        result.r1 = attempted;
        result.r2 = taken;
    }
}
