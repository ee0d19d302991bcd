package dev.weft.generator;

import dev.weft.jdk.ContinuationFlag;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A coroutine that is switched to, and switches on to any other of its group, instead of only back to who resumed it: the
 * contract of Python's {@code greenlet} package, for code that does its own scheduling. (What this library calls a greenlet
 * has a loop that schedules it.)
 *
 * <pre>{@code
 * var main = SymmetricCoroutine.<String>main();
 * var pong = main.child((self, first) -> {
 *     String ball = first;
 *     while (true) ball = self.parent().switchTo(ball + " pong");
 * });
 * pong.switchTo("ping");   // "ping pong"
 * }</pre>
 *
 * <ul>
 *   <li>{@code target.switchTo(value)} suspends the caller and goes on with {@code target}; the value becomes the result of
 *       the switch in which the target was suspended, or its body's argument if it never ran.
 *   <li>What a body returns or throws goes to its parent, not to the last who switched.
 *   <li>A switch to one that has ended goes to its nearest ancestor that has not; so does a throw.
 *   <li>{@link #kill} unwinds a coroutine; that is told to its parent as a value, and not thrown at it.
 * </ul>
 *
 * <p>A group belongs to the thread, or greenlet, that called {@link #main}. What holds for waits, locks and bindings is said
 * at {@link Generator}. A switch costs two steps of a {@link Coroutine}, as all switches go by way of the main one:
 * symmetric coroutines are expressed by asymmetric ones, with a dispatcher (de Moura and Ierusalimschy, <i>Revisiting
 * Coroutines</i>, 2009).
 *
 * @param <V> the values that are passed on with each switch
 */
public final class SymmetricCoroutine<V extends @Nullable Object> {

    /** What a symmetric coroutine runs. */
    @FunctionalInterface
    public interface Body<V extends @Nullable Object> {
        /**
         * Runs once, on the thread of the group.
         *
         * @param self the coroutine that runs this
         * @param first the value of the first switch to it
         * @return what its parent gets
         */
        V run(SymmetricCoroutine<V> self, V first) throws Exception;
    }

    private final Switchboard<V> switchboard;
    private final @Nullable SymmetricCoroutine<V> parent;
    private final @Nullable Coroutine<@Nullable Void, @Nullable Void> coroutine;
    private @Nullable Yielder<@Nullable Void, @Nullable Void> out; // once it runs
    private @Nullable V farewell; // of the one who killed it

    private SymmetricCoroutine() {
        switchboard = new Switchboard<>(this);
        parent = null;
        coroutine = null; // the main one is the calling code itself
    }

    @SuppressWarnings("NullAway") // a Void is always null
    private SymmetricCoroutine(SymmetricCoroutine<V> parent, Body<V> body) {
        this.switchboard = parent.switchboard;
        this.parent = parent;
        this.coroutine = new Coroutine<>("symmetric coroutine", body, (yielder, none) -> {
            out = yielder;
            run(body, parent);
            return null;
        });
    }

    /**
     * The calling code, as the first coroutine of a new group. It has no parent and does not end.
     *
     * @throws dev.weft.MissingFlag if the JVM runs without the flag that this package needs
     */
    public static <V extends @Nullable Object> SymmetricCoroutine<V> main() {
        ContinuationFlag.require();
        return new SymmetricCoroutine<>();
    }

    /** A new one, whose parent is this; nothing of {@code body} runs before the first switch to it. */
    public SymmetricCoroutine<V> child(Body<V> body) {
        return new SymmetricCoroutine<>(this, body);
    }

    /**
     * Suspends the caller, and goes on with this one; comes back when somebody switches to the caller, with the value that
     * is passed then. The caller is whichever of the group runs; a switch to itself comes back at once.
     *
     * @throws IllegalStateException if called by another thread or greenlet than the group's
     */
    public V switchTo(V value) {
        return switchboard.transfer(this, value, null);
    }

    /** As {@link #switchTo}, but {@code failure} is thrown there; if this one never ran, it ends with it. */
    public V throwInto(Throwable failure) {
        return switchboard.transfer(this, null, Objects.requireNonNull(failure, "failure"));
    }

    /**
     * As {@link #throwInto}, with what runs the {@code finally} blocks and then gives {@code farewell} to the parent, as if
     * the body had returned it. The body goes on to where it likes if it catches that, which takes a {@code catch
     * (Throwable t)}. If this one has ended, its nearest live ancestor gets the farewell.
     *
     * @throws IllegalStateException as {@link #switchTo}, or if this is the main one
     */
    public V kill(V farewell) {
        if (parent == null) {
            throw new IllegalStateException(
                    "the main coroutine is the calling code itself and cannot be killed; return");
        }
        if (isDone()) {
            return switchTo(farewell);
        }
        this.farewell = farewell;
        return switchboard.transfer(this, null, new Unwinding(this));
    }

    /**
     * Who gets what this one returns or throws.
     *
     * @throws IllegalStateException if this is the main one, which has none
     */
    public SymmetricCoroutine<V> parent() {
        if (parent == null) {
            throw new IllegalStateException("the main coroutine has no parent");
        }
        return parent;
    }

    /** Whether its body has ended; never true of the main one. */
    public boolean isDone() {
        return coroutine != null && coroutine.isDone();
    }

    /** The nearest of this one and its ancestors that has not ended. */
    SymmetricCoroutine<V> nearestAlive() {
        SymmetricCoroutine<V> nearest = this;
        while (nearest.isDone()) {
            nearest = nearest.parent();
        }
        return nearest;
    }

    /** For the switchboard: throws if its body has a block open that must not be left by a switch. */
    void refuseOpenBlocks() {
        if (coroutine != null) {
            coroutine.refuseOpenBlocks();
        }
    }

    /** For the switchboard: runs until the next switch. */
    @SuppressWarnings("NullAway") // a Void is always null
    void resume() {
        Objects.requireNonNull(coroutine).resume(null);
    }

    /** For the switchboard: comes back with the next {@link #resume}. */
    @SuppressWarnings("NullAway") // a Void is always null
    void suspend() {
        Objects.requireNonNull(out).suspend(null);
    }

    private void run(Body<V> body, SymmetricCoroutine<V> heir) {
        try {
            switchboard.leave(heir, body.run(this, switchboard.receive()), null);
        } catch (Throwable t) {
            boolean killed = t instanceof Unwinding unwinding && unwinding.isFor(this);
            switchboard.leave(heir, killed ? farewell : null, killed ? null : t);
        }
    }

    /** Whose body it is, and where it stands. */
    @Override
    public String toString() {
        return coroutine == null ? "main coroutine of " + switchboard : coroutine.toString();
    }
}
