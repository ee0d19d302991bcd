package dev.weft.sync;

import dev.weft.Greenlet;
import dev.weft.Outcome.Returned;
import dev.weft.Weft;
import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A thread sends to a greenlet of another loop than the channel's, which is killed by a second thread: either it has the
 * value, or the sender knows that nobody has.
 */
@JCStressTest
@Outcome(id = "1, 7, 0", expect = Expect.ACCEPTABLE, desc = "the value came first")
@Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "the kill came first, and the sender gave up")
@Outcome(expect = Expect.FORBIDDEN, desc = "the value was lost, or came twice")
@State
public class KilledReceiverStress {
    private final Channel<Integer> channel = Channel.on(Stage.HOME).rendezvous();
    private final Greenlet<Integer> receiver = Stage.AWAY.spawn(() -> channel.receive());
    private int sent;

    @Actor
    public void sender() {
        sent = Stage.send(channel, 7);
    }

    @Actor
    public void killer() {
        receiver.kill();
    }

    @Arbiter
    public void arbiter(III_Result result) {
        Weft.joinAll(List.of(receiver));
        result.r1 = sent;
        result.r2 = receiver.outcome() instanceof Returned<Integer> returned ? returned.value() : 0;
        result.r3 = Stage.drain(channel);
    }
}
