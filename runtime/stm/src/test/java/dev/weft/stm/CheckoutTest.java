package dev.weft.stm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.sync.Select;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What Kamaelia's {@code Axon.STM} promises, and waits for a change. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(20)
class CheckoutTest {
    private final Store store = new Store();
    private final TVar<Integer> a = store.variable("a", 1);
    private final TVar<Integer> b = store.variable("b", 2);

    @Test
    void aCheckoutIsASnapshot() {
        Checkout out = store.checkout(a, b);
        store.atomically(tx -> tx.write(a, 10));
        assertEquals(1, out.value(a));
        assertEquals(0, out.version(a));
        assertEquals("checkout of [a=1, b=2]", out.toString());
    }

    @Test
    void aChangeIsPrivateUntilItIsCommitted() {
        Checkout out = store.checkout(a);
        out.set(a, 10);
        assertEquals(10, out.value(a));
        assertEquals(1, a.value());
        out.commit();
        assertEquals(10, a.value());
        assertEquals(1, a.version());
    }

    @Test
    void theSecondCommitOfTwoCheckoutsOfOneVersionFails() {
        Checkout first = store.checkout(a);
        Checkout second = store.checkout(a);
        first.set(a, 10);
        first.commit();
        second.set(a, 20);
        ConcurrentUpdate failure = assertThrows(ConcurrentUpdate.class, second::commit);
        assertEquals(
                "a was changed (version 0, now 1) after the checkout; check out again, and repeat the change",
                failure.getMessage());
        assertEquals(10, a.value());
        assertEquals(new StoreStatistics(1, 1, 0), store.statistics());
    }

    @Test
    void aConflictOfOneVariableKeepsAllAsTheyWere() {
        Checkout out = store.checkout(a, b);
        out.set(a, 10);
        out.set(b, 20);
        store.atomically(tx -> tx.write(b, 3));
        assertThrows(ConcurrentUpdate.class, out::commit);
        assertEquals(List.of(1, 3), List.of(a.value(), b.value()));
    }

    @Test
    void aVariableThatWasCheckedOutAndNotChangedCountsToo() {
        Checkout out = store.checkout(a, b);
        out.set(a, out.value(b));
        store.atomically(tx -> tx.write(b, 3));
        assertFalse(out.isCurrent());
        assertThrows(ConcurrentUpdate.class, out::commit);
        Checkout unchanged = store.checkout(b);
        unchanged.commit();
        store.atomically(tx -> tx.write(b, 4));
        assertThrows(ConcurrentUpdate.class, unchanged::commit);
    }

    @Test
    void aCheckoutCanBeCommittedAgain() {
        Checkout out = store.checkout(a, b);
        for (int i = 1; i <= 3; i++) {
            out.set(a, out.value(a) + 1);
            out.commit();
            assertEquals(i, out.version(a));
        }
        assertEquals(4, a.value());
        assertTrue(out.isCurrent());
    }

    @Test
    void aCommitMeetsAnUnfinishedOneAndDoesNotWaitForIt() {
        Checkout free = store.checkout(a);
        Checkout beaten = store.checkout(b);
        store.history().settle().append(new Commit(Map.of(b, new Version<>(20)))); // its thread stands still
        free.set(a, 10);
        free.commit();
        assertEquals(List.of(10, 20), List.of(a.value(), b.value()));
        beaten.set(b, 30);
        assertThrows(ConcurrentUpdate.class, beaten::commit);
    }

    @Test
    void onlyWhatWasCheckedOutCanBeUsed() {
        Checkout out = store.checkout(a);
        String message =
                assertThrows(IllegalArgumentException.class, () -> out.value(b)).getMessage();
        assertEquals("b was not checked out; name it in Store.checkout", message);
        assertThrows(IllegalArgumentException.class, () -> out.set(b, 1));
        assertThrows(IllegalArgumentException.class, () -> out.version(b));
    }

    @Test
    void aChangeCanBeAwaitedInASelect() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Checkout out = store.checkout(a, b);
            Greenlet<String> patient = stepped.spawn(() -> Weft.select(
                    Select.on(out.changing(), () -> "changed"), Select.after(Duration.ofSeconds(2), () -> "late")));
            Greenlet<String> impatient = stepped.spawn(() -> Weft.select(
                    Select.on(out.changing(), () -> "changed"), Select.after(Duration.ofSeconds(1), () -> "late")));
            stepped.advance(Duration.ofSeconds(1));
            store.atomically(tx -> tx.write(b, 3));
            stepped.runUntilIdle();
            assertEquals(List.of("changed", "late"), List.of(patient.join(), impatient.join()));
            assertEquals("at once", stepped.run(() -> Weft.select(Select.on(out.changing(), () -> "at once"))));
        }
    }

    @Test
    void oneAwaitableIsForOneWaitAtATime() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Awaitable<?> change = store.checkout(a).changing();
            Greenlet<?> first = stepped.spawn(() -> Weft.await(change));
            stepped.runUntilIdle();
            assertThrows(Busy.class, () -> stepped.run(() -> Weft.await(change)));
            first.kill();
            stepped.runUntilIdle();
            Greenlet<?> next = stepped.spawn(() -> Weft.await(change));
            stepped.runUntilIdle();
            store.atomically(tx -> tx.write(a, 5));
            stepped.runUntilIdle();
            next.join();
        }
    }
}
