package dev.weft.stm;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two threads commit checkouts of the same version: exactly one succeeds, and what it wrote is there. */
@JCStressTest
@Outcome(
        id = {"1, 0, 1", "0, 1, 2"},
        expect = Expect.ACCEPTABLE,
        desc = "one of them won")
@Outcome(expect = Expect.FORBIDDEN, desc = "both or none")
@State
public class CheckoutStress {
    private final Store store = new Store();
    private final TVar<Integer> variable = store.variable("variable", 0);
    private final Checkout one = store.checkout(variable);
    private final Checkout two = store.checkout(variable);

    private int commit(Checkout checkout, int value) {
        try {
            checkout.set(variable, value);
            checkout.commit();
            return 1;
        } catch (ConcurrentUpdate lost) {
            return 0;
        }
    }

    @Actor
    public void first(III_Result result) {
        result.r1 = commit(one, 1);
    }

    @Actor
    public void second(III_Result result) {
        result.r2 = commit(two, 2);
    }

    @Arbiter
    public void arbiter(III_Result result) {
        result.r3 = variable.value();
    }
}
