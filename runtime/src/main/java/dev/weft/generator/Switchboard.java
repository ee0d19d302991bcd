package dev.weft.generator;

import dev.weft.spi.Sneaky;
import org.jspecify.annotations.Nullable;

/**
 * Who of a group of symmetric coroutines runs, who is next, and with what. The main one, when it switches, becomes the
 * dispatcher: it resumes one coroutine after the other until the next is itself.
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

    /** A switch, by the current one. */
    V transfer(SymmetricCoroutine<V> target, @Nullable V newValue, @Nullable Throwable newFailure) {
        if (Thread.currentThread() != owner) {
            throw new IllegalStateException(target + " belongs to " + owner + " and was switched to by "
                    + Thread.currentThread() + "; a group of coroutines stays with the one who called main()");
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

    /** Says who is next, and what it gets. */
    void leave(SymmetricCoroutine<V> target, @Nullable V newValue, @Nullable Throwable newFailure) {
        next = target;
        value = newValue;
        failure = newFailure;
    }

    /** What was left for the one who runs now. */
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
