package dev.weft.stm;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A version is replaced while one waiter leaves and another one comes: each is woken at most once, and who stays is. */
@JCStressTest
@Outcome(
        id = {"0, 1", "1, 1"},
        expect = Expect.ACCEPTABLE,
        desc = "the first has left, or was woken")
@Outcome(expect = Expect.FORBIDDEN, desc = "woken twice, or not at all")
@State
public class LeavingWaiterStress {
    private final Version<Integer> version = new Version<>(0);
    private final Counted leaving = new Counted();
    private final Counted staying = new Counted();

    private static final class Counted extends ChangeWaiter {
        private int wakeUps;

        @Override
        void resume() {
            wakeUps++;
        }
    }

    @Actor
    public void waiters() {
        version.watch(leaving);
        leaving.leave();
        version.watch(staying);
    }

    @Actor
    public void changer() {
        version.replaced();
    }

    @Arbiter
    public void arbiter(II_Result result) {
        result.r1 = leaving.wakeUps;
        result.r2 = staying.wakeUps;
    }
}
