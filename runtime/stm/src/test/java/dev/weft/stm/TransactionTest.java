package dev.weft.stm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(20)
class TransactionTest {
    private final SteppedLoop stepped = SteppedLoop.open();
    private final Store store = new Store();
    private final TVar<Integer> a = store.variable("a", 1);
    private final TVar<Integer> b = store.variable("b", 2);

    @AfterEach
    void close() {
        stepped.close();
    }

    @Test
    void aTransactionChangesAllItsVariablesAtOnce() {
        int sum = store.callAtomically(tx -> {
            tx.write(a, 10);
            return tx.update(b, value -> value + 10) + tx.read(a);
        });
        assertEquals(22, sum);
        assertEquals(List.of(10, 12), List.of(a.value(), b.value()));
        assertEquals(List.of(1L, 1L), List.of(a.version(), b.version()));
    }

    @Test
    void nobodyElseSeesAWriteBeforeTheCommit() {
        List<Integer> seen = new ArrayList<>();
        stepped.spawn(() -> store.atomically(tx -> {
            tx.write(a, 10);
            Weft.yieldNow();
            seen.add(tx.read(a));
        }));
        stepped.spawn(() -> seen.add(store.<Integer, RuntimeException>callAtomically(tx -> tx.read(a))));
        stepped.spawn(() -> seen.add(a.value()));
        stepped.runUntilIdle();
        assertEquals(List.of(1, 1, 10), seen);
        assertEquals(10, a.value());
    }

    @Test
    void aBodyThatThrowsHasWrittenNothing() {
        IOException thrown = new IOException("no");
        IOException caught = assertThrows(
                IOException.class,
                () -> store.atomically(tx -> {
                    tx.write(a, 10);
                    throw thrown;
                }));
        assertSame(thrown, caught);
        assertEquals(1, a.value());
        assertEquals(new StoreStatistics(0, 0, 0), store.statistics());
    }

    @Test
    void allReadsAreOfOneMoment() {
        List<Integer> sums = new ArrayList<>();
        stepped.spawn(() -> store.atomically(tx -> {
            int first = tx.read(a);
            Weft.yieldNow();
            sums.add(first + tx.read(b)); // never an old one and a new one
        }));
        stepped.spawn(() -> move(1));
        stepped.runUntilIdle();
        assertEquals(List.of(3), sums);
        assertEquals(1, store.statistics().conflicts());
    }

    private void move(int amount) {
        store.atomically(tx -> {
            tx.update(a, value -> value - amount);
            tx.update(b, value -> value + amount);
        });
    }

    @Test
    void theSnapshotAdvancesIfWhatWasReadIsUnchanged() {
        List<Integer> sums = new ArrayList<>();
        stepped.spawn(() -> store.atomically(tx -> {
            int first = tx.read(a);
            Weft.yieldNow();
            sums.add(first + tx.read(b));
        }));
        stepped.spawn(() -> store.atomically(tx -> tx.write(b, 20)));
        stepped.runUntilIdle();
        assertEquals(List.of(21), sums);
        assertEquals(0, store.statistics().conflicts());
    }

    @Test
    void theFirstToCommitWinsAndTheOtherRunsAgain() {
        AtomicInteger attempts = new AtomicInteger();
        stepped.spawn(() -> store.atomically(tx -> {
            attempts.incrementAndGet();
            int read = tx.read(a);
            Weft.yieldNow();
            tx.write(a, read + 10);
        }));
        stepped.spawn(() -> store.atomically(tx -> tx.update(a, value -> value * 3)));
        stepped.runUntilIdle();
        assertEquals(13, a.value());
        assertEquals(2, attempts.get());
    }

    @Test
    void whatWasOnlyReadMustBeUnchangedAtTheCommit() {
        for (TVar<Integer> mine : List.of(a, b)) { // each takes from one if both together suffice
            stepped.spawn(() -> store.atomically(tx -> {
                int sum = tx.read(a) + tx.read(b);
                Weft.yieldNow();
                if (sum >= 3) {
                    tx.update(mine, value -> value - 3);
                }
            }));
        }
        stepped.runUntilIdle();
        assertEquals(0, a.value() + b.value());
    }

    @Test
    void aWriteThatReadsNothingHasNoConflict() {
        stepped.spawn(() -> store.atomically(tx -> {
            tx.write(a, 10);
            Weft.yieldNow();
        }));
        stepped.spawn(() -> store.atomically(tx -> tx.write(a, 20)));
        stepped.runUntilIdle();
        assertEquals(10, a.value());
        assertEquals(new StoreStatistics(2, 0, 0), store.statistics());
    }

    @Test
    void aBodyThatSwallowsTheConflictRunsAgainAllTheSame() {
        AtomicInteger attempts = new AtomicInteger();
        stepped.spawn(() -> store.atomically(tx -> {
            attempts.incrementAndGet();
            tx.read(a);
            Weft.yieldNow();
            try {
                tx.write(a, tx.read(b));
            } catch (Throwable swallowed) {
                throw new IllegalStateException("made of it", swallowed);
            }
        }));
        stepped.spawn(() -> move(5));
        stepped.runUntilIdle();
        assertEquals(7, a.value());
        assertEquals(2, attempts.get());
    }

    @Test
    void aKilledGreenletCommitsNothing() {
        Greenlet<?> greenlet = stepped.spawn(() -> store.atomically(tx -> {
            tx.write(a, 10);
            Weft.sleep(Duration.ofSeconds(1));
        }));
        stepped.runUntilIdle();
        greenlet.kill();
        stepped.runUntilIdle();
        assertTrue(greenlet.state().isDone());
        assertEquals(1, a.value());
    }

    @Test
    void aGreenletThatWasKilledBeforeBeginsNoTransaction() {
        Greenlet<?> greenlet = stepped.spawn(() -> {
            try {
                Weft.sleep(Duration.ofSeconds(1));
            } finally {
                store.atomically(tx -> tx.write(a, 10));
            }
        });
        stepped.runUntilIdle();
        greenlet.kill();
        stepped.runUntilIdle();
        assertEquals(1, a.value());
    }

    @Test
    void variablesOfAnotherStoreAreRefused() {
        TVar<Integer> foreign = new Store().variable("foreign", 0);
        IllegalArgumentException refusal =
                assertThrows(IllegalArgumentException.class, () -> store.callAtomically(tx -> tx.read(foreign)));
        assertTrue(refusal.toString().contains("foreign belongs to another store"), refusal::toString);
        assertThrows(IllegalArgumentException.class, () -> store.atomically(tx -> tx.write(foreign, 1)));
        assertThrows(IllegalArgumentException.class, () -> store.checkout(foreign));
    }

    @Test
    void aTransactionIsOverWithItsBody() {
        List<Transaction> kept = new ArrayList<>();
        store.atomically(kept::add);
        assertThrows(IllegalStateException.class, () -> kept.getFirst().read(a));
        assertThrows(IllegalStateException.class, () -> kept.getFirst().write(a, 1));
    }

    @Test
    void aCommitThatWasStoppedHalfWayIsFinishedByOthers() {
        Version<Integer> half = new Version<>(10);
        Version<Integer> other = new Version<>(20);
        store.history().settle().append(new Commit(Map.of(a, half, b, other))); // and its thread stands still
        assertEquals(1, a.value());
        assertEquals(30, store.<Integer, RuntimeException>callAtomically(tx -> tx.read(a) + tx.read(b)));
        assertEquals(10, a.value());
        store.atomically(tx -> tx.write(a, 11));
        assertEquals(List.of(11, 20), List.of(a.value(), b.value()));
        assertEquals(List.of(2L, 1L), List.of(a.version(), b.version()));
    }

    @Test
    void aTransactionThatMeetsAHalfWrittenCommitSeesAllOfItOrNothing() {
        List<Integer> seen = new ArrayList<>();
        stepped.spawn(() -> store.atomically(tx -> {
            seen.add(tx.read(b));
            if (seen.size() == 1) {
                Version<Integer> written = new Version<>(10);
                store.history().settle().append(new Commit(Map.of(a, written, b, new Version<>(20))));
                a.install(written); // and not b
            }
            seen.add(tx.read(a));
        }));
        stepped.runUntilIdle();
        assertEquals(List.of(2, 20, 10), seen);
    }

    @Test
    void aCommitThatIsPastKeepsNoLaterOneAlive() {
        Commit first = store.history().settle();
        move(1);
        move(1);
        assertSame(first, first.next());
    }
}
