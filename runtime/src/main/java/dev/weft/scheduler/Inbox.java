package dev.weft.scheduler;

import dev.weft.spi.Poller;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;

/**
 * The one door through which other threads reach a loop: a lock-free queue of what is to be done there, and the wake-up.
 * {@link #put} never blocks, as it is also called by virtual threads that are pinned meanwhile.
 */
final class Inbox {
    private static final int CHUNK = 1024;

    private final MpscUnboundedAtomicArrayQueue<Runnable> queue = new MpscUnboundedAtomicArrayQueue<>(CHUNK);
    private final SleepGate gate = new SleepGate();
    private final Poller poller;
    private final Consumer<Runnable> receiver;
    private volatile boolean dead;

    Inbox(Poller poller, Consumer<Runnable> receiver) {
        this.poller = poller;
        this.receiver = receiver;
    }

    /** Any thread. */
    void put(Runnable item) {
        queue.offer(item);
        if (gate.claimWakeUp()) {
            poller.wakeup();
        }
        if (dead) {
            drainDead();
        }
    }

    /** Loop's thread: passes on up to {@code limit} items; returns how many. */
    int drain(int limit) {
        int count = 0;
        Runnable item;
        while (count < limit && (item = queue.poll()) != null) {
            receiver.accept(item);
            count++;
        }
        return count;
    }

    /** Any thread. */
    boolean isEmpty() {
        return queue.isEmpty();
    }

    /** Loop's thread: whether it may sleep. If so, {@link #arise} must follow its sleep. */
    boolean prepareSleep() {
        gate.advertise();
        if (queue.isEmpty()) {
            return true;
        }
        gate.arise();
        return false;
    }

    /** Any thread: whether it sleeps, and nobody has woken it. */
    boolean isAsleep() {
        return gate.isAsleep();
    }

    /** Loop's thread: it has slept. Returns whether another thread woke it. */
    boolean arise() {
        return gate.arise();
    }

    /** Loop's thread, as its last act: from now on whoever puts something in has to see to it himself. */
    void die() {
        dead = true;
        drainDead();
    }

    private synchronized void drainDead() {
        drain(Integer.MAX_VALUE);
    }
}
