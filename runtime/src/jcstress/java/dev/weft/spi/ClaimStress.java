package dev.weft.spi;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** Two threads want to end one wait, each in its own name: one does, and it is known which. */
@JCStressTest
@Outcome(id = "true, false, true", expect = Expect.ACCEPTABLE, desc = "the first one ends it")
@Outcome(id = "false, true, true", expect = Expect.ACCEPTABLE, desc = "the other one ends it")
@Outcome(expect = Expect.FORBIDDEN, desc = "both or none, or it is not known who")
@State
public class ClaimStress {
    private final Claim claim = new Claim();
    private final Object first = new Object();
    private final Object other = new Object();
    private boolean firstTook;
    private boolean otherTook;

    @Actor
    public void first() {
        firstTook = claim.tryTake(first);
    }

    @Actor
    public void other() {
        otherTook = claim.tryTake(other);
    }

    @Arbiter
    public void arbiter(ZZZ_Result result) {
        result.r1 = firstTook;
        result.r2 = otherTook;
        result.r3 = claim.isTakenBy(first) == firstTook && claim.isTakenBy(other) == otherTook && !claim.isOpen();
    }
}
