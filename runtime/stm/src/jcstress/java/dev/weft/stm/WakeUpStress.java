package dev.weft.stm;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** One thread waits until another has changed both variables: the wake-up is never missed. */
@JCStressTest
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "it has seen both changes")
@Outcome(expect = Expect.FORBIDDEN, desc = "a wake-up was missed")
@State
public class WakeUpStress {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Store store = new Store();
    private final TVar<Integer> one = store.variable("one", 0);
    private final TVar<Integer> two = store.variable("two", 0);

    @Actor
    public void waiter(I_Result result) {
        result.r1 = store.callAtomically(
                tx -> {
                    int sum = tx.read(one) + tx.read(two);
                    return sum == 2 ? sum : tx.retry();
                },
                LONG);
    }

    @Actor
    public void changer() {
        store.atomically(tx -> tx.write(one, 1));
        store.atomically(tx -> tx.write(two, 1));
    }
}
