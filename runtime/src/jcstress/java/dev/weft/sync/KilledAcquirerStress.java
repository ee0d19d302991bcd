package dev.weft.sync;

import dev.weft.Greenlet;
import dev.weft.Outcome.Returned;
import dev.weft.Weft;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A greenlet of another loop than the rate limiter's acquires the only token, and is killed by a thread, while a second thread tries
 * to get it: exactly one of the two has it.
 */
@JCStressTest
@Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "the greenlet has it")
@Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "the thread has it")
@Outcome(expect = Expect.FORBIDDEN, desc = "the token was lost, or granted twice")
@State
public class KilledAcquirerStress {
    private final RateLimiter limiter = RateLimiter.on(Stage.HOME, 1, Duration.ofDays(1), 1);
    private final Greenlet<@Nullable Void> acquirer = Stage.AWAY.spawn(() -> limiter.acquire());
    private int tried;

    @Actor
    public void killer() {
        acquirer.kill();
    }

    @Actor
    public void rival() {
        tried = taken();
    }

    @Arbiter
    public void arbiter(III_Result result) {
        Weft.joinAll(List.of(acquirer));
        result.r1 = acquirer.outcome() instanceof Returned<?> ? 1 : 0;
        result.r2 = tried;
        result.r3 = taken();
    }

    private int taken() {
        return limiter.tryAcquire() ? 1 : 0;
    }
}
