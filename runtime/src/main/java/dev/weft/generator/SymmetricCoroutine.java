package dev.weft.generator;

import dev.weft.jdk.ContinuationFlag;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A coroutine that can switch to any other of its group, instead of only back to its resumer: the contract of Python's
 * {@code greenlet} package, for code that does its own scheduling. (Greenlets of this library are scheduled by a loop.)
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
 *   <li>{@code target.switchTo(value)} suspends the caller and resumes {@code target}. The value becomes the result of the
 *       switch in which the target was suspended, or the argument of its body if that has not started.
 *   <li>The result or exception of a body goes to its parent, not to the coroutine that last switched to it.
 *   <li>A switch or throw to a coroutine that has ended goes to its nearest live ancestor.
 *   <li>{@link #kill} unwinds a coroutine; its parent receives a value, not an exception.
 * </ul>
 *
 * <p>A group belongs to the thread or greenlet that called {@link #main}. The rules for waits, locks and bindings are those
 * of {@link Generator}. A switch costs two steps of a {@link Coroutine}, as every switch goes through the main coroutine:
 * symmetric coroutines are implemented with asymmetric ones and a dispatcher (de Moura and Ierusalimschy, <i>Revisiting
 * Coroutines</i>, 2009).
 *
 * @param <V> the values passed with each switch
 */
public final class SymmetricCoroutine<V extends @Nullable Object> {

    /** The code of a symmetric coroutine. */
    @FunctionalInterface
    public interface Body<V extends @Nullable Object> {
        /**
         * Runs once, on the thread of the group.
         *
         * @param self the coroutine that runs this
         * @param first the value of the first switch to it
         * @return the value for its parent
         */
        V run(SymmetricCoroutine<V> self, V first) throws Exception;
    }

    private final Switchboard<V> switchboard;
    private final @Nullable SymmetricCoroutine<V> parent;
    private final @Nullable Coroutine<@Nullable Void, @Nullable Void> coroutine;
    private @Nullable Yielder<@Nullable Void, @Nullable Void> out; // set once it runs
    private @Nullable V farewell; // set by kill

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
     * Returns the calling code as the main coroutine of a new group. It has no parent and does not end.
     *
     * @throws dev.weft.MissingFlag if the JVM runs without the flag that this package needs
     */
    public static <V extends @Nullable Object> SymmetricCoroutine<V> main() {
        ContinuationFlag.require();
        return new SymmetricCoroutine<>();
    }

    /** Creates a coroutine whose parent is this; {@code body} does not start before the first switch to it. */
    public SymmetricCoroutine<V> child(Body<V> body) {
        return new SymmetricCoroutine<>(this, body);
    }

    /**
     * Suspends the calling coroutine and resumes this one. Returns when another coroutine switches back to the caller, with
     * the value it passes. The caller is the running coroutine of the group; a switch to itself returns at once.
     *
     * @throws IllegalStateException if not called by the group's thread or greenlet
     */
    public V switchTo(V value) {
        return switchboard.transfer(this, value, null);
    }

    /** As {@link #switchTo}, but throws {@code failure} in this coroutine; if it has not started, it ends with it. */
    public V throwInto(Throwable failure) {
        return switchboard.transfer(this, null, Objects.requireNonNull(failure, "failure"));
    }

    /**
     * Switches to this coroutine and unwinds it: its {@code finally} blocks run, and the parent receives {@code farewell} as
     * if the body had returned it. A body that catches the unwinding, with {@code catch (Throwable t)}, can continue. If this
     * coroutine has ended, its nearest live ancestor receives the farewell.
     *
     * @throws IllegalStateException as {@link #switchTo}, or if this is the main coroutine
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
     * Returns the coroutine that receives the result or exception of this one.
     *
     * @throws IllegalStateException if this is the main coroutine, which has none
     */
    public SymmetricCoroutine<V> parent() {
        if (parent == null) {
            throw new IllegalStateException("the main coroutine has no parent");
        }
        return parent;
    }

    /** Returns whether the body has ended; always false for the main coroutine. */
    public boolean isDone() {
        return coroutine != null && coroutine.isDone();
    }

    /** Returns this coroutine or its nearest ancestor that has not ended. */
    SymmetricCoroutine<V> nearestAlive() {
        SymmetricCoroutine<V> nearest = this;
        while (nearest.isDone()) {
            nearest = nearest.parent();
        }
        return nearest;
    }

    /** For the switchboard: throws if the body has opened a block that a switch must not leave. */
    void refuseOpenBlocks() {
        if (coroutine != null) {
            coroutine.refuseOpenBlocks();
        }
    }

    /** For the switchboard: runs the body until the next switch. */
    @SuppressWarnings("NullAway") // a Void is always null
    void resume() {
        Objects.requireNonNull(coroutine).resume(null);
    }

    /** For the switchboard: suspends the body until the next {@link #resume}. */
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

    /** Returns the class of the body and the state. */
    @Override
    public String toString() {
        return coroutine == null ? "main coroutine of " + switchboard : coroutine.toString();
    }
}
