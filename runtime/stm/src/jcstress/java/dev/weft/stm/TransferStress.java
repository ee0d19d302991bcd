package dev.weft.stm;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two threads move money between two accounts, and then read both: nothing is lost, and no state between is seen. */
@JCStressTest
@Outcome(id = "10, 10, 7", expect = Expect.ACCEPTABLE, desc = "both transfers happened, one after the other")
@Outcome(expect = Expect.FORBIDDEN, desc = "a transfer was lost, or seen half done")
@State
public class TransferStress {
    private final Store store = new Store();
    private final TVar<Integer> left = store.variable("left", 10);
    private final TVar<Integer> right = store.variable("right", 0);

    private void move(int amount) {
        store.atomically(tx -> {
            tx.update(left, value -> value - amount);
            tx.update(right, value -> value + amount);
        });
    }

    private int sum() {
        return store.<Integer, RuntimeException>callAtomically(tx -> tx.read(left) + tx.read(right));
    }

    @Actor
    public void first(III_Result result) {
        move(1);
        result.r1 = sum();
    }

    @Actor
    public void second(III_Result result) {
        move(2);
        result.r2 = sum();
    }

    @Arbiter
    public void arbiter(III_Result result) {
        result.r3 = left.value();
    }
}
