package dev.weft.sync;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** A greenlet of another loop sends 1 and 2 into a buffer of one, and a thread receives once; both may give up. */
@JCStressTest
@Outcome(id = "2, 1, 2", expect = Expect.ACCEPTABLE, desc = "both were sent, one received")
@Outcome(
        id = "2, 0, 12",
        expect = Expect.ACCEPTABLE,
        desc = "both were sent, the second above the capacity; none received")
@Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "the first was sent and received, the second given up")
@Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "the first was sent and is there, the second given up")
@Outcome(expect = Expect.FORBIDDEN, desc = "a value was lost, came twice, or overtook the other")
@State
public class BufferStress {
    private final Channel<Integer> channel = Channel.on(Stage.HOME).buffered(1);
    private int sent;
    private int received;

    @Actor
    public void sender() {
        sent = Stage.AWAY.call(() -> Stage.send(channel, 1) + Stage.send(channel, 2));
    }

    @Actor
    public void receiver() {
        received = Stage.receive(channel);
    }

    @Arbiter
    public void arbiter(III_Result result) {
        result.r1 = sent;
        result.r2 = received;
        result.r3 = Stage.drain(channel);
    }
}
