package dev.weft.scheduler;

import org.jspecify.annotations.Nullable;

/** The queue of ready tasks, a ring buffer. Belongs to the loop's thread. */
final class RunQueue {
    private static final int INITIAL_CAPACITY = 256;

    private final RunOrder order;
    private @Nullable Task[] ring = new Task[INITIAL_CAPACITY];
    private int head;
    private int size;

    RunQueue(RunOrder order) {
        this.order = order;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(Task task) {
        if (size == ring.length) {
            grow();
        }
        ring[(head + size) & (ring.length - 1)] = task;
        size++;
    }

    /** Removes and returns the next task; the queue must not be empty. */
    Task take() {
        if (order != RunOrder.FIFO) {
            bringForward(order.pick(size));
        }
        Task first = ring[head];
        assert first != null : "take from an empty queue";
        ring[head] = null;
        head = (head + 1) & (ring.length - 1);
        size--;
        return first;
    }

    private void bringForward(int place) {
        int mask = ring.length - 1;
        Task chosen = ring[(head + place) & mask];
        for (int i = place; i > 0; i--) {
            ring[(head + i) & mask] = ring[(head + i - 1) & mask];
        }
        ring[head] = chosen;
    }

    private void grow() {
        @Nullable Task[] larger = new Task[ring.length * 2];
        int tail = ring.length - head;
        System.arraycopy(ring, head, larger, 0, tail);
        System.arraycopy(ring, 0, larger, tail, head);
        ring = larger;
        head = 0;
    }
}
