package dev.weft.actor;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Measured;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A lock-free queue of messages from all threads to one reader at home, who can wait for the next one. A sender links a node to
 * the newest one by a compare-and-set, as in Treiber's stack; the reader follows the links back to the last one it has collected,
 * and reverses them. So a batch costs the reader one read of what the senders write, and an empty queue is one node.
 *
 * <p>Nodes are numbered, so the number of messages is a difference of two, and the capacity is exact.
 *
 * <p>The reader advertises that it waits and looks again; a sender links its node and looks whether the reader waits. Both are
 * sequentially consistent, so at least one of them sees the other. The sender that takes the advertisement back wakes the reader:
 * once for each wait.
 */
class Intake<M> implements Awaitable<@Nullable Void>, Runnable {
    /** The capacity that always has room. */
    static final int UNLIMITED = Integer.MAX_VALUE;

    private static final Node<?> NONE = new Node<>(null);
    private static final VarHandle NEWEST = field("newest", Node.class);
    private static final VarHandle WAITS = field("waits", boolean.class);
    private static final VarHandle RELEASED = field("released", int.class);

    final Loop home;
    final Measured resource; // what this is the queue of
    private volatile Node<?> newest = NONE;
    private volatile boolean waits; // the reader, and nobody has woken it
    private volatile int released; // how many messages were; written only at home

    // Confined to the home's thread.
    private Node<?> collected = NONE; // the newest one that the reader has collected
    private @Nullable Node<?> oldest; // of those collected and not polled
    private @Nullable Waiter<? super @Nullable Void> reader;

    /** A message on its way. Belongs to the sender until it is linked, and then to the reader. */
    private static class Node<M> {
        private @Nullable M message; // null once it has been polled
        private @Nullable Node<?> next; // the one sent before it; once collected, the one sent after it
        private int number; // counted from the first; it wraps around

        Node(@Nullable M message) {
            this.message = message;
        }
    }

    /** The node after which nothing is accepted. */
    private static final class Last extends Node<Object> {
        Last() {
            super(null);
        }
    }

    /** What has become of a message. */
    enum Admission {
        ACCEPTED,
        FULL,
        CLOSED
    }

    /** Creates the empty queue of {@code resource}, which lives on {@code home}. */
    Intake(Loop home, Measured resource) {
        this.home = home;
        this.resource = resource;
    }

    private static VarHandle field(String name, Class<?> type) {
        try {
            return MethodHandles.lookup().findVarHandle(Intake.class, name, type);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Adds {@code message} unless there are {@code capacity} already, and wakes the reader. Any thread; never waits. */
    final Admission offer(M message, int capacity) {
        return link(new Node<>(message), capacity);
    }

    private Admission link(Node<?> node, int capacity) {
        while (true) {
            Node<?> before = newest;
            if (before instanceof Last) {
                return Admission.CLOSED;
            }
            if (capacity != UNLIMITED && before.number - released >= capacity) {
                return Admission.FULL;
            }
            node.next = before;
            node.number = before.number + 1;
            if (NEWEST.compareAndSet(this, before, node)) {
                signal();
                return Admission.ACCEPTED;
            }
        }
    }

    /** Accepts no more messages. Those accepted before can still be polled. Any thread. */
    void close() {
        link(new Last(), UNLIMITED);
    }

    /** Returns whether no more messages are accepted. Any thread. */
    final boolean isClosed() {
        return newest instanceof Last;
    }

    /** A message has been linked. Its sender may be late: the reader may have collected it, and may wait for the next one. */
    final void signal() {
        if (waits && WAITS.compareAndSet(this, true, false)) {
            wake();
        }
    }

    /** The reader must be woken, by {@link #run}. Any thread. */
    void wake() {
        Suspension.tell(home, this);
    }

    /** Ends the wait of the reader, if there is something for it. Home's thread. */
    @Override
    @SuppressWarnings("NullAway") // a Void is always null
    public void run() {
        Waiter<? super @Nullable Void> waiting = reader;
        if (waiting == null) {
            return;
        }
        if (newest == collected) {
            waits = true; // the sender was late, and has taken that back
        }
        if (newest != collected) {
            leave();
            if (waiting.tryClaim()) {
                waiting.succeed(null);
            }
        }
    }

    private void leave() {
        reader = null;
        WAITS.setOpaque(this, false);
    }

    /** Waits until there is a message that the reader has not collected, or the end. */
    @Override
    public void subscribe(Waiter<? super @Nullable Void> waiter) {
        if (reader != null) {
            throw new Busy(this, reader);
        }
        reader = waiter;
        waits = true;
        if (newest != collected) {
            run();
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super @Nullable Void> waiter) {
        if (reader == waiter) {
            leave();
        }
        return true;
    }

    /** Removes the oldest message; null if there is none. It is counted until it is {@link #release}d. Home's thread. */
    @SuppressWarnings("unchecked") // senders add nothing else
    final @Nullable M poll() {
        Node<?> first = collect();
        if (first == null) {
            return null;
        }
        M message = (M) first.message;
        first.message = null; // it may stay the newest node for long
        oldest = first.next;
        first.next = null;
        return message;
    }

    /** A message that was polled is no longer to be counted, which makes room for another. Home's thread. */
    void release() {
        RELEASED.setRelease(this, (int) RELEASED.get(this) + 1);
    }

    private @Nullable Node<?> collect() {
        if (oldest == null && newest != collected) {
            Node<?> end = collected;
            collected = newest;
            oldest = reversed(collected instanceof Last ? before(collected) : collected, end);
            hasCollected();
        }
        return oldest;
    }

    /** The reader has collected what has come. Home's thread. */
    void hasCollected() {}

    private static Node<?> before(Node<?> node) {
        Node<?> before = node.next;
        return before == null ? NONE : before;
    }

    /** Reverses the links from {@code newest} back to the one after {@code end}, and returns that; null if there is none. */
    private static @Nullable Node<?> reversed(Node<?> newest, Node<?> end) {
        Node<?> after = null;
        Node<?> node = newest;
        while (node != end) {
            Node<?> before = before(node);
            node.next = after;
            after = node;
            node = before;
        }
        return after;
    }

    /** Returns whether there is nothing to poll. Home's thread. */
    final boolean isEmpty() {
        return oldest == null && newest == collected;
    }

    /** Returns whether the end has been reached: it is closed, and all messages have been polled. Home's thread. */
    final boolean isOver() {
        return collected instanceof Last && oldest == null;
    }

    /** Returns the number of messages that have not been released. Any thread. */
    final int size() {
        Node<?> last = newest;
        return Math.max(0, last.number - released - (last instanceof Last ? 1 : 0));
    }

    @Override
    public Owners owners() {
        return Owners.outside(Owners.Kind.OTHER, resource);
    }

    @Override
    public String toString() {
        return resource.toString();
    }
}
