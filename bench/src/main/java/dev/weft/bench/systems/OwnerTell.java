package dev.weft.bench.systems;

import dev.weft.LoopGroup;
import dev.weft.actor.Owner;
import dev.weft.bench.report.Spread;
import dev.weft.bench.targets.Limit;
import dev.weft.bench.targets.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;

/**
 * Four threads tell one owner, with the default capacity, to count; against four threads that put the same requests into a bare
 * queue of JCTools', without a limit, that a thread drains. The time is until all are counted.
 */
final class OwnerTell implements Measurement {
    private static final int THREADS = 4;
    private static final int EACH = 500_000;
    private static final int WARM_UPS = 3;
    private static final int CHUNK = 1024;
    private static final double LEAST_MILLIONS = 5;

    /** What is told. */
    private static final class Counter {
        private final CountDownLatch isDone = new CountDownLatch(1);
        private int count;

        void increment() {
            if (++count == THREADS * EACH) {
                isDone.countDown();
            }
        }
    }

    private interface Sender {
        void send();
    }

    @Override
    public String name() {
        return "owner-tell";
    }

    @Override
    public List<Target> measure(int rounds) throws InterruptedException {
        double[] millions = new double[rounds];
        double[] ratios = new double[rounds];
        for (int round = -WARM_UPS; round < rounds; round++) {
            double ofQueue = millionsOfQueue();
            double ofOwner = millionsOfOwner();
            if (round >= 0) {
                millions[round] = ofOwner;
                ratios[round] = ofOwner / ofQueue;
            }
        }
        return List.of(
                new Target(
                        "requests told to an owner by 4 threads, million/s",
                        Limit.atLeast(LEAST_MILLIONS),
                        Spread.of(millions)),
                new Target(
                        "the same / a bare MPSC queue drained by a thread (0.8 would do instead)",
                        Limit.atLeast(0),
                        Spread.of(ratios)));
    }

    private static double millionsOfOwner() throws InterruptedException {
        try (LoopGroup group = LoopGroup.open()) {
            Counter counter = new Counter();
            Owner<Counter> owner = Owner.builder("counter").on(group.next()).start(() -> counter);
            return millionsPerSecond(() -> owner.tell(Counter::increment), counter.isDone);
        }
    }

    private static double millionsOfQueue() throws InterruptedException {
        Counter counter = new Counter();
        MpscUnboundedAtomicArrayQueue<Runnable> queue = new MpscUnboundedAtomicArrayQueue<>(CHUNK);
        Thread drainer = Thread.ofPlatform().daemon().start(() -> drain(queue, counter.isDone));
        Runnable request = counter::increment; // one for all, as the owner's request captures nothing
        double millions = millionsPerSecond(() -> queue.offer(request), counter.isDone);
        drainer.join();
        return millions;
    }

    private static void drain(MpscUnboundedAtomicArrayQueue<Runnable> queue, CountDownLatch isDone) {
        while (isDone.getCount() > 0) {
            Runnable request = queue.poll();
            if (request == null) {
                Thread.onSpinWait();
            } else {
                request.run();
            }
        }
    }

    private static double millionsPerSecond(Sender sender, CountDownLatch isDone) throws InterruptedException {
        CountDownLatch go = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform().daemon().start(() -> send(sender, go)));
        }
        long begin = System.nanoTime();
        go.countDown();
        isDone.await();
        double millions = THREADS * EACH * 1e3 / (System.nanoTime() - begin);
        for (Thread thread : threads) {
            thread.join();
        }
        return millions;
    }

    private static void send(Sender sender, CountDownLatch go) {
        try {
            go.await();
        } catch (InterruptedException e) {
            return;
        }
        for (int i = 0; i < EACH; i++) {
            sender.send();
        }
    }
}
