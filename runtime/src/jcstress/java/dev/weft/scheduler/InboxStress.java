package dev.weft.scheduler;

import dev.weft.spi.Poller;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A thread hands two pieces of work in while the loop takes its leave: each is run exactly once, by whomever. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "both ran, each once")
@Outcome(expect = Expect.FORBIDDEN, desc = "work was lost, or ran twice")
@State
public class InboxStress {
    private int first; // the inbox runs one piece at a time
    private int second;
    private final Inbox inbox = new Inbox(new NoPoller(), Runnable::run);

    @Actor
    public void producer() {
        inbox.put(() -> first++);
        inbox.put(() -> second++);
    }

    @Actor
    public void loop() {
        inbox.drain(1);
        inbox.die();
    }

    @Arbiter
    public void arbiter(II_Result result) {
        result.r1 = first;
        result.r2 = second;
    }

    /** Never asleep. */
    private static final class NoPoller implements Poller {
        @Override
        public int poll(long timeoutNanos) {
            return 0;
        }

        @Override
        public void wakeup() {}

        @Override
        public boolean hasSources() {
            return false;
        }

        @Override
        public void close() {}
    }
}
