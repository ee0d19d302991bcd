package dev.weft.stm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.Action;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Greenlets of two loops and two threads at once. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
class StoreRaceTest {
    private static final int ROUNDS = 5_000;

    private final LoopGroup group = LoopGroup.open(2);
    private final Store store = new Store();
    private final List<Greenlet<?>> greenlets = new ArrayList<>();
    private final List<FutureTask<?>> threads = new ArrayList<>();

    @AfterEach
    void close() {
        group.close();
    }

    /** Runs {@code body} in a greenlet of each loop and on two threads. */
    private void everywhere(Action body) {
        group.loops().forEach(loop -> greenlets.add(loop.spawn(body)));
        for (int i = 0; i < 2; i++) {
            onThread(() -> {
                body.run();
                return true;
            });
        }
    }

    private void onThread(Callable<Boolean> body) {
        FutureTask<Boolean> task = new FutureTask<>(body);
        threads.add(task);
        Thread.ofPlatform().daemon().start(task);
    }

    private void join() throws Exception {
        for (FutureTask<?> thread : threads) {
            thread.get();
        }
        greenlets.forEach(Greenlet::join);
    }

    @Test
    void noMoneyIsLostOrMadeAndNobodySeesOtherwise() throws Exception {
        List<TVar<Integer>> accounts = IntStream.range(0, 5)
                .mapToObj(i -> store.variable("account " + i, 100))
                .toList();
        AtomicInteger seeds = new AtomicInteger();
        everywhere(() -> {
            SplittableRandom random = new SplittableRandom(seeds.incrementAndGet());
            for (int i = 0; i < ROUNDS; i++) {
                TVar<Integer> from = accounts.get(random.nextInt(5));
                TVar<Integer> to = accounts.get(random.nextInt(5));
                store.atomically(tx -> {
                    tx.update(from, value -> value - 1);
                    tx.update(to, value -> value + 1);
                });
                if (i % 10 == 0) {
                    store.atomically(tx -> assertEquals(500, sum(tx, accounts), "a zombie saw this"));
                }
            }
        });
        join();
        assertEquals(500, store.<Integer, RuntimeException>callAtomically(tx -> sum(tx, accounts)));
        assertEquals(4 * ROUNDS, store.statistics().commits());
    }

    private static int sum(Transaction tx, List<TVar<Integer>> accounts) {
        return accounts.stream().mapToInt(tx::read).sum();
    }

    @Test
    void aBoundedQueueLosesNothingAndNoWakeUpIsMissed() throws Exception {
        BoundedQueue<Integer> queue = new BoundedQueue<>(store, "queue", 3);
        List<Integer> taken = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger producers = new AtomicInteger();
        everywhere(() -> {
            int first = producers.getAndIncrement() * ROUNDS;
            for (int i = 0; i < ROUNDS; i++) {
                int item = first + i;
                store.atomically(tx -> queue.put(tx, item));
            }
        });
        everywhere(() -> {
            List<Integer> own = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                own.add(store.<Integer, RuntimeException>callAtomically(queue::take));
            }
            taken.addAll(own);
        });
        join();
        assertEquals(
                IntStream.range(0, 4 * ROUNDS).boxed().toList(),
                taken.stream().sorted().toList());
    }

    @Test
    void philosophersOnLoopsAndThreadsAllEat() throws Exception {
        List<TVar<Boolean>> free = IntStream.range(0, 4)
                .mapToObj(i -> store.variable("fork " + i, true))
                .toList();
        AtomicInteger[] held = new AtomicInteger[4];
        Arrays.setAll(held, i -> new AtomicInteger());
        AtomicInteger seats = new AtomicInteger();
        everywhere(() -> {
            int left = seats.getAndIncrement();
            int right = (left + 1) % 4;
            for (int meal = 0; meal < 1_000; meal++) {
                store.atomically(tx -> {
                    tx.check(tx.read(free.get(left)) && tx.read(free.get(right)));
                    tx.write(free.get(left), false);
                    tx.write(free.get(right), false);
                });
                assertEquals(2, held[left].incrementAndGet() + held[right].incrementAndGet());
                held[left].decrementAndGet();
                held[right].decrementAndGet();
                store.atomically(tx -> {
                    tx.write(free.get(left), true);
                    tx.write(free.get(right), true);
                });
            }
        });
        join();
    }

    @Test
    void timeoutsAndKillsLoseNoItem() throws Exception {
        BoundedQueue<Integer> queue = new BoundedQueue<>(store, "queue", 2);
        AtomicInteger taken = new AtomicInteger();
        AtomicInteger put = new AtomicInteger();
        everywhere(() -> {
            for (int i = 0; i < 300; i++) {
                try {
                    store.atomically(queue::take, Duration.ofNanos(i * 1_000L));
                    taken.incrementAndGet();
                } catch (DeadlineExceeded late) {
                    Thread.onSpinWait();
                }
            }
        });
        everywhere(() -> {
            for (int i = 0; i < 300; i++) {
                try {
                    store.atomically(tx -> queue.put(tx, 1), Duration.ofNanos(i * 1_000L));
                    put.incrementAndGet();
                } catch (DeadlineExceeded late) {
                    Thread.onSpinWait();
                }
            }
        });
        group.loops()
                .forEach(loop -> loop.spawn(() -> {
                            for (int i = 0; i < 300; i++) {
                                Greenlet<?> taker = Weft.spawn(() -> {
                                    store.atomically(queue::take);
                                    taken.incrementAndGet(); // nothing waits between the commit and this
                                });
                                Weft.yieldNow();
                                taker.killAndJoin(Duration.ofSeconds(10));
                            }
                        })
                        .join());
        join();
        int left = store.<Integer, RuntimeException>callAtomically(queue::size);
        assertEquals(put.get(), taken.get() + left);
    }
}
