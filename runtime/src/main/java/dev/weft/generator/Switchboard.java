package dev.weft.generator;

import dev.weft.spi.Sneaky;
import org.jspecify.annotations.Nullable;

/**
 * The dispatcher of a group of symmetric coroutines: which one runs, which is next, and with which value. When the main
 * coroutine switches, it resumes one coroutine after the other until the next is itself.
 */
final class Switchboard<V extends @Nullable Object> {
    private final Thread owner = Thread.currentThread();
    private final SymmetricCoroutine<V> main;
    private SymmetricCoroutine<V> current;
    private SymmetricCoroutine<V> next;
    private @Nullable V value;
    private @Nullable Throwable failure;

    Switchboard(SymmetricCoroutine<V> main) {
        this.main = main;
        this.current = main;
        this.next = main;
    }

    /** Switches from the current coroutine to {@code target}. */
    V transfer(SymmetricCoroutine<V> target, @Nullable V newValue, @Nullable Throwable newFailure) {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException(target + " belongs to " + owner + " and was switched to by "
                    + Thread.currentThread() + "; a group of coroutines belongs to the thread that called main()");
        }
        SymmetricCoroutine<V> alive = target.nearestAlive();
        if (alive != current) {
            current.refuseOpenBlocks();
        }
        leave(alive, newValue, newFailure);
        if (alive != current) {
            if (current == main) {
                dispatch();
            } else {
                current.suspend();
            }
        }
        return receive();
    }

    /** Sets which coroutine is next and what it receives. */
    void leave(SymmetricCoroutine<V> target, @Nullable V newValue, @Nullable Throwable newFailure) {
        next = target;
        value = newValue;
        failure = newFailure;
    }

    /** Takes what was left for the coroutine that now runs: returns the value or throws the failure. */
    @SuppressWarnings("NullAway") // as nullable as V is
    V receive() {
        Throwable thrown = failure;
        V received = value;
        failure = null;
        value = null;
        if (thrown != null) {
            throw Sneaky.rethrow(thrown);
        }
        return received;
    }

    private void dispatch() {
        try {
            while (next != main) {
                current = next;
                current.resume();
                next = next.nearestAlive();
            }
        } finally {
            current = main;
        }
    }

    @Override
    public String toString() {
        return owner.toString();
    }
}
