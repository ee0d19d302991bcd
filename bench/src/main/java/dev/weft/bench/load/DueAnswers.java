package dev.weft.bench.load;

import java.util.Arrays;

/** Answers in the order in which they are due: a ring that grows when it is full, and never shrinks. */
final class DueAnswers {
    private int[] sockets = new int[1024];
    private int[] generations = new int[1024];
    private long[] nanos = new long[1024];
    private int first;
    private int size;

    void add(int socket, int generation, long dueNanos) {
        if (size == sockets.length) {
            grow();
        }
        int place = (first + size++) & (sockets.length - 1);
        sockets[place] = socket;
        generations[place] = generation;
        nanos[place] = dueNanos;
    }

    private void grow() {
        int length = sockets.length;
        sockets = Arrays.copyOf(sockets, 2 * length);
        generations = Arrays.copyOf(generations, 2 * length);
        nanos = Arrays.copyOf(nanos, 2 * length);
        System.arraycopy(sockets, 0, sockets, length, first);
        System.arraycopy(generations, 0, generations, length, first);
        System.arraycopy(nanos, 0, nanos, length, first);
    }

    boolean isEmpty() {
        return size == 0;
    }

    int firstSocket() {
        return sockets[first];
    }

    int firstGeneration() {
        return generations[first];
    }

    long firstNanos() {
        return nanos[first];
    }

    void removeFirst() {
        first = (first + 1) & (sockets.length - 1);
        size--;
    }
}
