package dev.weft.supervisor;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A link between two greenlets, in both directions (Erlang's {@code link/1}): when one ends in any other way than by returning,
 * the other is killed, with that end as the cause. A greenlet that {@linkplain ExitTrap traps exits} is told instead.
 *
 * <pre>{@code
 * Greenlet<?> reader = Weft.spawn(() -> read(socket));
 * Link.to(reader); // neither goes on without the other
 * }</pre>
 *
 * <p>If one has ended already, the other is told at once; Erlang says {@code noproc} then, but here it is known how it ended.
 * Each call makes a link of its own, which is closed on its own; Erlang has at most one between two processes. A greenlet in a
 * {@link dev.weft.Scope} needs no link to its siblings.
 *
 * <p>The two may be on different loops. All methods may be called from any thread, except {@link #to}; none waits.
 */
public final class Link implements AutoCloseable {
    private final Greenlet<?> one;
    private final Greenlet<?> other;
    private final AtomicBoolean active = new AtomicBoolean(true);
    private volatile Loop.@Nullable Handle endOfOne;
    private volatile Loop.@Nullable Handle endOfOther;

    private Link(Greenlet<?> one, Greenlet<?> other) {
        this.one = one;
        this.other = other;
    }

    /**
     * Links the calling greenlet with {@code other}.
     *
     * @throws IllegalArgumentException if {@code other} is the caller
     * @throws IllegalStateException outside greenlets
     */
    public static Link to(Greenlet<?> other) {
        return between(Greenlet.current(), other);
    }

    /**
     * Links two greenlets.
     *
     * @throws IllegalArgumentException if they are the same
     */
    public static Link between(Greenlet<?> one, Greenlet<?> other) {
        if (one == Objects.requireNonNull(other, "other")) {
            throw new IllegalArgumentException("a greenlet cannot be linked with itself: " + one.name());
        }
        Link link = new Link(one, other);
        link.endOfOne = Suspension.whenEnded(one, ended -> link.sendExit(ended, other));
        link.endOfOther = Suspension.whenEnded(other, ended -> link.sendExit(ended, one));
        if (!link.active.get()) {
            link.removeFromBoth();
        }
        return link;
    }

    private void sendExit(Greenlet<?> ended, Greenlet<?> peer) {
        Suspension.tell(peer.loop(), () -> receiveExit(Exit.of(ended), peer));
    }

    /** Called on the loop of {@code peer}, so that it sees whether that greenlet traps exits now. */
    private void receiveExit(Exit exit, Greenlet<?> peer) {
        if (active.getAndSet(false)) {
            removeFromBoth();
            ExitTrap.deliver(exit, peer);
        }
    }

    private void removeFromBoth() {
        remove(endOfOne);
        remove(endOfOther);
    }

    private static void remove(Loop.@Nullable Handle callback) {
        if (callback != null) {
            callback.close();
        }
    }

    /** Removes the link ({@code unlink/1}): if neither has been told of the other's end so far, neither will be. */
    @Override
    public void close() {
        if (active.getAndSet(false)) {
            removeFromBoth();
        }
    }

    @Override
    public String toString() {
        return "link between " + one.name() + " and " + other.name() + (active.get() ? "" : " (removed)");
    }
}
