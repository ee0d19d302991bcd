package dev.weft.scheduler;

import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/**
 * The handshake of {@link SleepGate}, with one producer: the loop sees the work before it sleeps, or the producer sees the
 * sleeper and wakes it. That neither happens is the lost wake-up.
 */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "the loop saw the work, and was woken too: harmless")
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "the loop saw the work and does not sleep")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "the loop sleeps and is woken")
@Outcome(id = "false, false", expect = Expect.FORBIDDEN, desc = "the loop sleeps for ever: a lost wake-up")
@State
public class SleepGateStress {
    private final MpscUnboundedAtomicArrayQueue<Object> queue = new MpscUnboundedAtomicArrayQueue<>(16);
    private final SleepGate gate = new SleepGate();

    @Actor
    public void loop(ZZ_Result result) {
        gate.advertise();
        result.r1 = !queue.isEmpty();
    }

    @Actor
    public void producer(ZZ_Result result) {
        queue.offer(this);
        result.r2 = gate.claimWakeUp();
    }
}
