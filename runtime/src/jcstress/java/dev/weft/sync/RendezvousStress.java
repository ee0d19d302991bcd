package dev.weft.sync;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two threads meet on the channel of a loop, and each may give up in the moment in which the other comes. */
@JCStressTest
@Outcome(id = "1, 7, 0", expect = Expect.ACCEPTABLE, desc = "they met")
@Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "they missed each other")
@Outcome(expect = Expect.FORBIDDEN, desc = "a value was lost, or came from nowhere")
@State
public class RendezvousStress {
    private final Channel<Integer> channel = Channel.on(Stage.HOME).rendezvous();
    private int sent;
    private int received;

    @Actor
    public void sender() {
        sent = Stage.send(channel, 7);
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
