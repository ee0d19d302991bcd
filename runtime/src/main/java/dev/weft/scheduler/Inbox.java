package dev.weft.scheduler;

import dev.weft.spi.Poller;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;

/**
 * The only way for other threads to reach a loop: a lock-free queue of work for it, and the wakeup. {@link #put} never blocks,
 * as it is also called by pinned virtual threads.
 */
final class Inbox {
    private static final int CHUNK = 1024;

    private final MpscUnboundedAtomicArrayQueue<Runnable> queue = new MpscUnboundedAtomicArrayQueue<>(CHUNK);
    private final SleepGate gate = new SleepGate();
    private final Poller poller;
    private final Consumer<Runnable> receiver;
    private boolean drained; // something, since the last question
    private volatile boolean dead;

    Inbox(Poller poller, Consumer<Runnable> receiver) {
        this.poller = poller;
        this.receiver = receiver;
    }

    /** Adds {@code item} and wakes the loop if it sleeps. Any thread. */
    void put(Runnable item) {
        queue.offer(item);
        if (gate.claimWakeUp()) {
            poller.wakeup();
        }
        if (dead) {
            drainDead();
        }
    }

    /** Passes on up to {@code limit} items; returns how many. Loop's thread. */
    int drain(int limit) {
        int count = 0;
        Runnable item;
        while (count < limit && (item = queue.poll()) != null) {
            receiver.accept(item);
            count++;
        }
        if (count > 0) {
            drained = true;
        }
        return count;
    }

    /** Returns whether the queue is empty. Any thread. */
    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Returns whether {@link #drain} has passed on anything since the last call. Loop's thread. */
    boolean hasDrained() {
        boolean has = drained;
        drained = false;
        return has;
    }

    /** Returns whether the loop may sleep; if so, {@link #arise} must follow its sleep. Loop's thread. */
    boolean prepareSleep() {
        gate.advertise();
        if (queue.isEmpty()) {
            return true;
        }
        gate.arise();
        return false;
    }

    /** Returns whether the loop sleeps and nobody has woken it. Any thread. */
    boolean isAsleep() {
        return gate.isAsleep();
    }

    /** Ends a sleep; returns whether another thread woke the loop. Loop's thread. */
    boolean arise() {
        return gate.arise();
    }

    /** The last action of the loop's thread: later items run on the threads that add them. */
    void die() {
        dead = true;
        drainDead();
    }

    private synchronized void drainDead() {
        drain(Integer.MAX_VALUE);
    }
}
