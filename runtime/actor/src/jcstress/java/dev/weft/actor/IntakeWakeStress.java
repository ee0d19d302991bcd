package dev.weft.actor;

import dev.weft.spi.Waiter;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A sender offers a message while the reader begins to wait: the reader sees it, or is woken. That neither happens is a lost wake-up. */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "the reader saw the message, and is woken too: harmless")
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "the reader saw the message and does not wait")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "the reader waits and is woken")
@Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "the reader waits for ever: a lost wake-up")
@State
public class IntakeWakeStress {
    private final StressedIntake intake = new StressedIntake();
    private final Reader reader = new Reader();

    @Actor
    public void sender() {
        intake.offer(1, Intake.UNLIMITED);
    }

    @Actor
    public void reader() {
        intake.subscribe(reader);
    }

    @Arbiter
    public void arbiter(ZZ_Result result) {
        result.r1 = reader.isDone;
        result.r2 = intake.wakeUps.get() == 1;
    }

    private static final class Reader extends Waiter<@Nullable Void> {
        private boolean isDone;

        @Override
        public void succeed(@Nullable Void nothing) {
            isDone = true;
        }

        @Override
        public void fail(Throwable failure) {
            throw new AssertionError(failure);
        }
    }
}
