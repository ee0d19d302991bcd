package dev.weft.spi;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/**
 * Two selects over the same two channels with opposite roles: two threads match the same two waits, each from its side. One
 * of them takes both claims, and neither waits for the other for ever.
 */
@JCStressTest
@Outcome(id = "true, false, true", expect = Expect.ACCEPTABLE, desc = "matched by the first")
@Outcome(id = "false, true, true", expect = Expect.ACCEPTABLE, desc = "matched by the other")
@Outcome(expect = Expect.FORBIDDEN, desc = "matched twice, never, or by halves")
@State
public class ClaimPairStress {
    private final Wait one = new Wait();
    private final Wait other = new Wait();
    private boolean firstMatched;
    private boolean secondMatched;

    @Actor
    public void first() {
        firstMatched = one.tryClaimWith(other);
    }

    @Actor
    public void second() {
        secondMatched = other.tryClaimWith(one);
    }

    @Arbiter
    public void arbiter(ZZZ_Result result) {
        result.r1 = firstMatched;
        result.r2 = secondMatched;
        result.r3 = !one.isOpen() && !other.isOpen();
    }

    /** A wait that others know of. */
    static final class Wait extends Waiter<Object> {
        private final Claim claim = new Claim();

        @Override
        public Claim claim() {
            return claim;
        }

        @Override
        public void succeed(Object value) {}

        @Override
        public void fail(Throwable failure) {}
    }
}
