package dev.weft.stm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What must hold whatever the order: bodies yield in their middle, and each seed is another schedule. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class InvariantsTest {
    private static final int SEEDS = 200;

    @Test
    void noMoneyIsLostOrMadeAndNobodySeesOtherwise() {
        SteppedLoop.underSeeds(SEEDS, stepped -> {
            Store bank = new Store();
            List<TVar<Integer>> accounts = IntStream.range(0, 4)
                    .mapToObj(i -> bank.variable("account " + i, 100))
                    .toList();
            SplittableRandom random = new SplittableRandom(accounts.size());
            List<Integer> audits = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                int from = random.nextInt(4);
                int to = (from + 1 + random.nextInt(3)) % 4;
                stepped.spawn(() -> transfer(bank, accounts.get(from), accounts.get(to), 60));
                stepped.spawn(() -> audits.add(audit(bank, accounts)));
            }
            stepped.runUntilIdle();
            audits.add(audit(bank, accounts));
            assertEquals(List.of(400), audits.stream().distinct().toList());
            assertTrue(accounts.stream().allMatch(account -> account.value() >= 0));
        });
    }

    private static void transfer(Store bank, TVar<Integer> from, TVar<Integer> to, int amount) {
        bank.atomically(tx -> {
            int balance = tx.read(from);
            yieldIfGreenlet();
            if (balance >= amount) {
                tx.write(from, balance - amount);
                yieldIfGreenlet();
                tx.update(to, value -> value + amount);
            }
        });
    }

    private static int audit(Store bank, List<TVar<Integer>> accounts) {
        return bank.callAtomically(tx -> {
            int sum = 0;
            for (TVar<Integer> account : accounts) {
                sum += tx.read(account);
                yieldIfGreenlet();
            }
            assertEquals(400, sum, "a zombie saw this");
            return sum;
        });
    }

    private static void yieldIfGreenlet() {
        if (Thread.currentThread().isVirtual()) {
            Weft.yieldNow();
        }
    }

    @Test
    void aBoundedQueueLosesNothingAndHoldsNoMoreThanItMay() {
        SteppedLoop.underSeeds(SEEDS, stepped -> {
            Store store = new Store();
            BoundedQueue<Integer> queue = new BoundedQueue<>(store, "queue", 2);
            List<Integer> taken = new ArrayList<>();
            List<Integer> sizes = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                int first = 10 * i;
                stepped.spawn(() -> {
                    for (int item = first; item < first + 4; item++) {
                        int next = item;
                        store.atomically(tx -> {
                            queue.put(tx, next);
                            Weft.yieldNow();
                        });
                    }
                });
                stepped.spawn(() -> {
                    for (int n = 0; n < 4; n++) {
                        taken.add(store.<Integer, RuntimeException>callAtomically(queue::take));
                        sizes.add(store.<Integer, RuntimeException>callAtomically(queue::size));
                    }
                });
            }
            stepped.runUntilIdle();
            assertEquals(
                    IntStream.of(0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23)
                            .boxed()
                            .toList(),
                    taken.stream().sorted().toList());
            for (int producer = 0; producer < 3; producer++) { // first in, first out for each producer
                int first = 10 * producer;
                List<Integer> own =
                        taken.stream().filter(item -> item / 10 * 10 == first).toList();
                assertEquals(own.stream().sorted().toList(), own);
            }
            assertTrue(sizes.stream().allMatch(size -> size <= 2), sizes::toString);
        });
    }

    @Test
    void philosophersTakeBothForksOrNoneAndAllEat() {
        SteppedLoop.underSeeds(SEEDS, stepped -> {
            Store table = new Store();
            List<TVar<Boolean>> free = IntStream.range(0, 5)
                    .mapToObj(i -> table.variable("fork " + i, true))
                    .toList();
            boolean[] eating = new boolean[5];
            List<Greenlet<?>> philosophers = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                int seat = i;
                philosophers.add(stepped.spawn(() -> dine(table, free, seat, eating)));
            }
            stepped.runUntilIdle();
            assertTrue(philosophers.stream().allMatch(each -> each.state().isDone()), philosophers::toString);
            philosophers.forEach(Greenlet::join);
            assertTrue(free.stream().allMatch(TVar::value));
        });
    }

    private static void dine(Store table, List<TVar<Boolean>> free, int seat, boolean[] eating) {
        List<TVar<Boolean>> forks = List.of(free.get(seat), free.get((seat + 1) % 5));
        for (int meal = 0; meal < 3; meal++) {
            table.atomically(tx -> {
                for (TVar<Boolean> fork : forks) {
                    tx.check(tx.read(fork));
                    Weft.yieldNow();
                    tx.write(fork, false);
                }
            });
            assertTrue(!eating[(seat + 1) % 5] && !eating[(seat + 4) % 5], "a neighbour has one of the forks");
            eating[seat] = true;
            Weft.yieldNow();
            eating[seat] = false;
            table.atomically(tx -> forks.forEach(fork -> tx.write(fork, true)));
        }
    }

    @Test
    void ofTwoAlternativesTheOneThatCanRunDoes() {
        SteppedLoop.underSeeds(SEEDS, stepped -> {
            Store store = new Store();
            BoundedQueue<String> left = new BoundedQueue<>(store, "left", 1);
            BoundedQueue<String> right = new BoundedQueue<>(store, "right", 1);
            List<String> merged = new ArrayList<>();
            stepped.spawn(() -> {
                for (int i = 0; i < 6; i++) {
                    merged.add(store.callAtomically(tx -> tx.orElse(() -> left.take(tx), () -> right.take(tx))));
                }
            });
            for (BoundedQueue<String> queue : List.of(left, right)) {
                stepped.spawn(() -> {
                    for (int i = 0; i < 3; i++) {
                        String item = (queue == left ? "l" : "r") + i;
                        store.atomically(tx -> queue.put(tx, item));
                        Weft.yieldNow();
                    }
                });
            }
            stepped.runUntilIdle();
            assertEquals(
                    List.of("l0", "l1", "l2", "r0", "r1", "r2"),
                    merged.stream().sorted().toList());
        });
    }
}
