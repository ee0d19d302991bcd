package dev.weft.stm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(20)
class RetryAndOrElseTest {
    private final SteppedLoop stepped = SteppedLoop.open();
    private final Store store = new Store();
    private final TVar<Integer> a = store.variable("a", 0);
    private final TVar<Integer> b = store.variable("b", 0);
    private final List<String> events = new ArrayList<>();

    @AfterEach
    void close() {
        stepped.close();
    }

    private void set(TVar<Integer> variable, int value) {
        store.atomically(tx -> tx.write(variable, value));
        stepped.runUntilIdle();
    }

    private Greenlet<?> takeFrom(TVar<Integer> variable) {
        return stepped.spawn(() -> {
            store.atomically(tx -> take(tx, variable));
            events.add("took from " + variable);
        });
    }

    private static void take(Transaction tx, TVar<Integer> variable) {
        int present = tx.read(variable);
        tx.check(present > 0);
        tx.write(variable, present - 1);
    }

    @Test
    void retryWaitsUntilSomethingThatWasReadHasChanged() {
        AtomicInteger attempts = new AtomicInteger();
        Greenlet<Integer> greenlet = stepped.spawn(() -> store.<Integer, RuntimeException>callAtomically(tx -> {
            attempts.incrementAndGet();
            return tx.read(a) < 2 ? tx.retry() : tx.read(a);
        }));
        stepped.runUntilIdle();
        assertEquals(1, attempts.get());
        set(b, 1);
        assertEquals(1, attempts.get(), "it has not read that one");
        set(a, 1);
        assertEquals(2, attempts.get());
        set(a, 2);
        assertEquals(3, attempts.get());
        assertEquals(2, greenlet.join());
        assertEquals(2, store.statistics().waits());
    }

    @Test
    void aChangeBetweenTheReadAndTheWaitIsNotMissed() {
        AtomicInteger attempts = new AtomicInteger();
        stepped.spawn(() -> store.atomically(tx -> {
            attempts.incrementAndGet();
            int seen = tx.read(a);
            Weft.yieldNow();
            tx.check(seen > 0);
        }));
        stepped.spawn(() -> store.atomically(tx -> tx.write(a, 1)));
        stepped.runUntilIdle();
        assertEquals(2, attempts.get());
    }

    @Test
    void thoseWhoWaitRunAgainInTheOrderInWhichTheyCame() {
        List<Integer> order = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            int number = i;
            stepped.spawn(() -> {
                store.atomically(tx -> take(tx, a));
                order.add(number);
            });
        }
        stepped.runUntilIdle();
        set(a, 3);
        assertEquals(List.of(1, 2, 3), order);
        set(a, 17);
        assertEquals(20, order.size());
    }

    @Test
    void aRetryHasWrittenNothing() {
        stepped.spawn(() -> store.atomically(tx -> {
            tx.write(b, 7);
            tx.check(tx.read(a) > 0);
        }));
        stepped.runUntilIdle();
        assertEquals(0, b.value());
        set(a, 1);
        assertEquals(7, b.value());
    }

    @Test
    void retryWithoutAnyReadCouldNeverEndAndIsRefused() {
        IllegalStateException refusal =
                assertThrows(IllegalStateException.class, () -> store.atomically(tx -> tx.check(false)));
        assertTrue(refusal.toString().contains("has read nothing"), refusal::toString);
    }

    @Test
    void theAlternativeRunsIfTheFirstRetries() {
        stepped.spawn(() -> store.atomically(tx -> tx.orElse(() -> take(tx, a), () -> take(tx, b))));
        set(b, 1);
        assertEquals(0, b.value());
        assertEquals(0, store.statistics().waits());
    }

    @Test
    void theFirstAlternativeThatCanRunDoes() {
        set(a, 1);
        set(b, 1);
        store.atomically(tx -> tx.orElse(() -> take(tx, a), () -> take(tx, b)));
        assertEquals(List.of(0, 1), List.of(a.value(), b.value()));
    }

    @Test
    void ifBothRetryAChangeOfEitherEndsTheWait() {
        for (TVar<Integer> changed : List.of(a, b)) {
            Greenlet<?> greenlet =
                    stepped.spawn(() -> store.atomically(tx -> tx.orElse(() -> take(tx, a), () -> take(tx, b))));
            stepped.runUntilIdle();
            assertTrue(greenlet.toString().contains("a change of [a, b]"), greenlet.toString());
            set(changed, 1);
            assertEquals(0, changed.value());
            greenlet.join();
        }
    }

    @Test
    void anAlternativeThatRetriesHasWrittenNothing() {
        store.atomically(tx -> {
            tx.write(a, 1);
            tx.orElse(
                    () -> {
                        tx.write(a, 50);
                        tx.write(b, 50);
                        tx.retry();
                    },
                    () -> tx.update(a, value -> value + 1));
        });
        assertEquals(List.of(2, 0), List.of(a.value(), b.value()));
    }

    @Test
    void anAlternativeThatThrowsHasWrittenNothing() {
        store.atomically(tx -> {
            assertThrows(
                    ArithmeticException.class,
                    () -> tx.orElse(
                            () -> {
                                tx.write(a, 50);
                                throw new ArithmeticException();
                            },
                            () -> tx.write(a, 60)));
            tx.write(b, tx.read(a) + 1);
        });
        assertEquals(List.of(0, 1), List.of(a.value(), b.value()));
    }

    @Test
    void alternativesNest() {
        TVar<Integer> c = store.variable("c", 1);
        store.atomically(tx -> tx.orElse(() -> tx.orElse(() -> take(tx, a), () -> take(tx, b)), () -> take(tx, c)));
        assertEquals(0, c.value());
    }

    @Test
    void aRetryThatIsSwallowedCountsAllTheSame() {
        store.atomically(tx -> tx.orElse(
                () -> {
                    try {
                        tx.retry();
                    } catch (Throwable swallowed) {
                        events.add("swallowed");
                    }
                },
                () -> tx.write(b, 1)));
        assertEquals(List.of("swallowed"), events);
        assertEquals(1, b.value());
    }

    @Test
    void aDeadlineEndsTheWaitAndNothingIsWritten() {
        List<Throwable> failures = new ArrayList<>();
        Transaction.VoidBody<RuntimeException> body = tx -> {
            tx.write(b, 1);
            tx.check(tx.read(a) > 0);
        };
        stepped.spawn(() -> failures.add(
                assertThrows(DeadlineExceeded.class, () -> store.atomically(body, Duration.ofSeconds(1)))));
        stepped.spawn(() -> failures.add(assertThrows(
                DeadlineExceeded.class, () -> Weft.withTimeout(Duration.ofSeconds(1), () -> store.atomically(body)))));
        stepped.runUntilIdle();
        assertEquals(0, failures.size());
        stepped.advance(Duration.ofSeconds(1));
        assertEquals(2, failures.size());
        set(a, 1);
        assertEquals(0, b.value());
    }

    @Test
    void aKillEndsTheWait() {
        Greenlet<?> killed = takeFrom(a);
        Greenlet<?> other = takeFrom(a);
        stepped.runUntilIdle();
        killed.kill();
        stepped.runUntilIdle();
        assertTrue(killed.state().isDone());
        set(a, 1);
        assertTrue(other.state().isDone());
        assertEquals(List.of("took from a"), events);
    }

    @Test
    void thoseWhoHaveLeftAreForgotten() {
        ChangeWaiters waiters = ChangeWaiters.NONE;
        ChangeWaiter before = new Left();
        waiters = waiters.with(before);
        for (int i = 0; i < 10_000; i++) {
            ChangeWaiter next = new Left();
            waiters = waiters.with(next);
            before.leave(); // two overlap
            before = next;
        }
        assertTrue(waiters.height <= 10, () -> "still there");
    }

    @Test
    void thoseWhoWaitStayInTheirOrderWhenOthersAreForgotten() {
        List<Integer> woken = new ArrayList<>();
        ChangeWaiters waiters = ChangeWaiters.NONE;
        for (int i = 0; i < 100; i++) {
            int number = i;
            ChangeWaiter waiter = new ChangeWaiter() {
                @Override
                void resume() {
                    woken.add(number);
                }
            };
            waiters = waiters.with(waiter);
            if (i % 3 != 0) {
                waiter.leave();
            }
        }
        waiters.wakeAll();
        assertEquals(IntStream.range(0, 100).filter(i -> i % 3 == 0).boxed().toList(), woken);
    }

    private static final class Left extends ChangeWaiter {
        @Override
        void resume() {
            throw new AssertionError("woken");
        }
    }

    @Test
    void aThreadBlocksUntilTheChange() throws Exception {
        CompletableFuture<Integer> result = new CompletableFuture<>();
        Thread thread = Thread.ofPlatform()
                .start(() -> result.complete(store.callAtomically(tx -> {
                    int seen = tx.read(a);
                    return seen == 0 ? tx.retry() : seen;
                })));
        set(a, 5);
        assertEquals(5, result.get());
        thread.join();
    }

    @Test
    void aThreadGivesUpAfterTheTimeout() {
        DeadlineExceeded failure = assertThrows(
                DeadlineExceeded.class, () -> store.atomically(tx -> tx.check(tx.read(a) > 0), Duration.ofMillis(1)));
        assertEquals("timed out after PT0.001S waiting for a change of [a]", failure.getMessage());
    }

    @Test
    void anInterruptEndsTheWaitOfAThread() {
        Thread.currentThread().interrupt();
        assertThrows(Cancelled.class, () -> store.atomically(tx -> tx.check(tx.read(a) > 0)));
        assertTrue(Thread.interrupted());
    }
}
