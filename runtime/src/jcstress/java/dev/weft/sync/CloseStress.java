package dev.weft.sync;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** A thread sends into a buffer, a greenlet of another loop closes the channel: what was taken is there, then comes the end. */
@JCStressTest
@Outcome(id = "1, 7, 1", expect = Expect.ACCEPTABLE, desc = "the send came first")
@Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "the close came first")
@Outcome(expect = Expect.FORBIDDEN, desc = "a value was lost, or taken by a closed channel")
@State
public class CloseStress {
    private final Channel<Integer> channel = Channel.on(Stage.HOME).buffered(2);
    private int sent;

    @Actor
    public void sender() {
        sent = Stage.send(channel, 7);
    }

    @Actor
    public void closer() {
        Stage.AWAY.call(() -> {
            channel.close();
            return null;
        });
    }

    @Arbiter
    public void arbiter(III_Result result) {
        result.r1 = sent;
        result.r2 = Stage.drain(channel);
        result.r3 = channel.isClosed() ? 1 : 0;
    }
}
