package dev.weft.stm;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two threads each leave if the other is still there: one of them stays (no write skew). */
@JCStressTest
@Outcome(
        id = {"0, 1", "1, 0"},
        expect = Expect.ACCEPTABLE,
        desc = "the second has seen the first leave")
@Outcome(expect = Expect.FORBIDDEN, desc = "both left")
@State
public class WriteSkewStress {
    private final Store store = new Store();
    private final TVar<Integer> one = store.variable("one", 1);
    private final TVar<Integer> two = store.variable("two", 1);

    private void leave(TVar<Integer> self) {
        store.atomically(tx -> {
            if (tx.read(one) + tx.read(two) == 2) {
                tx.write(self, 0);
            }
        });
    }

    @Actor
    public void first() {
        leave(one);
    }

    @Actor
    public void second() {
        leave(two);
    }

    @Arbiter
    public void arbiter(II_Result result) {
        result.r1 = one.value();
        result.r2 = two.value();
    }
}
