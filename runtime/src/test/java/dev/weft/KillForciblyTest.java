package dev.weft;

import static dev.weft.Greenlet.State.CANCELLED;
import static dev.weft.Greenlet.State.RETURNED;
import static dev.weft.Greenlet.State.WAITING;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** The kill that shields do not hold off, and the kill that has a cause. */
class KillForciblyTest extends TaskFixture {

    @Test
    void itEndsAWaitInsideAShield() {
        Greenlet<?> victim = stepped.spawn(() -> Weft.shield(() -> sleepAndTell("shielded")));
        stepped.runUntilIdle();
        victim.killForcibly("test");
        stepped.runUntilIdle();
        assertSame(CANCELLED, victim.state());
        happened.assertHappened("shielded cancelled", "shielded finally");
    }

    @Test
    void aShieldThatIsOpenedLaterHoldsNothingOff() {
        Greenlet<?> victim = stepped.spawn(() -> {
            try {
                Weft.sleep(HOUR);
            } finally {
                Weft.shield(() -> Weft.shield(() -> sleepAndTell("clean-up")));
            }
        });
        stepped.runUntilIdle();
        victim.killForcibly("test");
        stepped.runUntilIdle();
        assertSame(CANCELLED, victim.state());
        happened.assertHappened("clean-up cancelled", "clean-up finally");
    }

    @Test
    void itReachesAGreenletThatCleansUpAfterAKill() {
        Greenlet<?> victim = stepped.spawn(() -> {
            try {
                Weft.sleep(HOUR);
            } finally {
                Weft.shield(() -> sleepAndTell("clean-up"));
            }
        });
        stepped.runUntilIdle();
        victim.kill();
        stepped.runUntilIdle();
        assertSame(WAITING, victim.state());
        victim.killForcibly("test");
        stepped.runUntilIdle();
        assertSame(CANCELLED, victim.state());
        happened.assertHappened("clean-up cancelled", "clean-up finally");
    }

    @Test
    void itReachesTheChildrenOfAShieldedScope() {
        Greenlet<?> victim = stepped.spawn(() ->
                Weft.shield(() -> Weft.scope(scope -> scope.spawn(() -> Weft.shield(() -> sleepAndTell("child"))))));
        stepped.runUntilIdle();
        victim.killForcibly("test");
        stepped.runUntilIdle();
        assertSame(CANCELLED, victim.state());
        happened.assertHappened("child cancelled", "child finally");
    }

    @Test
    void aLaterOrdinaryKillChangesNothing() {
        Greenlet<?> victim = stepped.spawn(() -> Weft.shield(() -> Weft.sleep(HOUR)));
        stepped.runUntilIdle();
        victim.killForcibly("first");
        victim.kill("second");
        stepped.runUntilIdle();
        Throwable cause = ((Outcome.Cancelled<?>) victim.outcome()).cause();
        assertTrue(String.valueOf(cause.getMessage()).contains("first"), cause::toString);
    }

    @Test
    void codeThatDoesNotWaitRunsOn() {
        Greenlet<?> victim = stepped.spawn(() -> {
            Greenlet.current().killForcibly("test");
            happened.add("still running");
        });
        stepped.runUntilIdle();
        assertSame(RETURNED, victim.state());
        happened.assertHappened("still running");
    }

    @Test
    void aDeadlineInsideTheShieldIsNotTakenForTheKill() {
        Greenlet<?> victim = stepped.spawn(() -> {
            Weft.shield(() -> Weft.moveOnAfter(SECOND, () -> sleepAndTell("inner")));
            happened.add("moved on");
        });
        stepped.runUntilIdle();
        victim.killForcibly("test");
        stepped.runUntilIdle();
        assertSame(CANCELLED, victim.state());
        happened.assertHappened("inner cancelled", "inner finally");
    }

    @Test
    void aKillCarriesItsCause() {
        Broken why = new Broken("why");
        Greenlet<?> victim = stepped.spawn(() -> Weft.sleep(HOUR));
        stepped.runUntilIdle();
        victim.kill("test", why);
        stepped.runUntilIdle();
        Throwable thrown = ((Outcome.Cancelled<?>) victim.outcome()).cause();
        Throwable origin = assertInstanceOf(Cancelled.class, thrown.getCause());
        assertSame(why, origin.getCause());
    }
}
