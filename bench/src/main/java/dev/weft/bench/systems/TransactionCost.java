package dev.weft.bench.systems;

import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.report.Spread;
import dev.weft.bench.targets.Limit;
import dev.weft.bench.targets.Target;
import dev.weft.stm.Store;
import dev.weft.stm.TVar;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * A transfer between two accounts, in a transaction, under a monitor and under a lock: by one thread, and by two that use the same
 * accounts all the time. Locks are what a transaction is not: a lock cannot be composed, and a wait under it is everybody's wait.
 */
final class TransactionCost implements Measurement {
    private static final int TRANSFERS = 1_000_000;
    private static final int WARM_UPS = 3;
    private static final double MOST_ALONE = 25;
    private static final double MOST_CONTENDED = 30;

    /** Two accounts, which are empty at first. */
    private interface Bank {
        void transfer(int amount);

        long sum();
    }

    @Override
    public String name() {
        return "transaction";
    }

    @Override
    public List<Target> measure(int rounds) throws Exception {
        List<Target> targets = new ArrayList<>();
        targets.addAll(measure(rounds, 1, "one thread", MOST_ALONE));
        targets.addAll(measure(rounds, 2, "two threads", MOST_CONTENDED));
        return targets;
    }

    private static List<Target> measure(int rounds, int threads, String who, double most) throws Exception {
        double[] ofMonitor = new double[rounds];
        double[] ofLock = new double[rounds];
        for (int round = -WARM_UPS; round < rounds; round++) {
            double transaction = nanos(threads, InTransactions::new);
            double monitor = nanos(threads, UnderMonitor::new);
            double lock = nanos(threads, UnderLock::new);
            if (round >= 0) {
                ofMonitor[round] = transaction / monitor;
                ofLock[round] = transaction / lock;
            }
        }
        return List.of(
                new Target(
                        "transfer in a transaction / synchronized, " + who, Limit.atMost(most), Spread.of(ofMonitor)),
                new Target("transfer in a transaction / ReentrantLock, " + who, Limit.atMost(most), Spread.of(ofLock)));
    }

    /** Returns what a transfer takes when {@code threads} make them at once. */
    private static double nanos(int threads, Supplier<Bank> open) throws Exception {
        Bank bank = open.get();
        CyclicBarrier start = new CyclicBarrier(threads + 1);
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            FutureTask<Void> task = new FutureTask<>(() -> {
                start.await();
                for (int n = 0; n < TRANSFERS; n++) {
                    bank.transfer(n & 1);
                }
                return null;
            });
            tasks.add(task);
            Thread.ofPlatform().daemon().start(task);
        }
        start.await();
        long begin = System.nanoTime();
        for (FutureTask<Void> task : tasks) {
            task.get();
        }
        double nanos = (double) (System.nanoTime() - begin) / ((long) threads * TRANSFERS);
        if (bank.sum() != 0) {
            throw new BenchFailure("transfers were lost: the sum is " + bank.sum());
        }
        return nanos;
    }

    private static final class InTransactions implements Bank {
        private final Store store = new Store();
        private final TVar<Integer> from = store.variable("from", 0);
        private final TVar<Integer> to = store.variable("to", 0);

        @Override
        public void transfer(int amount) {
            store.atomically(tx -> {
                tx.write(from, tx.read(from) - amount);
                tx.write(to, tx.read(to) + amount);
            });
        }

        @Override
        public long sum() {
            return store.callAtomically(tx -> tx.read(from) + tx.read(to));
        }
    }

    private static final class UnderMonitor implements Bank {
        private long from;
        private long to;

        @Override
        public synchronized void transfer(int amount) {
            from -= amount;
            to += amount;
        }

        @Override
        public synchronized long sum() {
            return from + to;
        }
    }

    private static final class UnderLock implements Bank {
        private final ReentrantLock lock = new ReentrantLock();
        private long from;
        private long to;

        @Override
        public void transfer(int amount) {
            lock.lock();
            try {
                from -= amount;
                to += amount;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public long sum() {
            lock.lock();
            try {
                return from + to;
            } finally {
                lock.unlock();
            }
        }
    }
}
