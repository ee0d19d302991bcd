package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import java.time.Duration;
import java.util.Iterator;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Hands values from those who send to those who receive, first in first out on both sides.
 *
 * <pre>{@code
 * Channel<String> lines = Channel.buffered(16);
 * Weft.spawn(() -> { for (String line : source) lines.send(line); lines.close(); });
 * for (String line : lines) handle(line);
 * }</pre>
 *
 * <p>A channel lives on one loop, its home: the one on which it was made, or {@link #on another}. Greenlets of that loop
 * use it without locks or atomics: a hand-over makes the other side ready, and costs a switch. Greenlets of other loops and
 * plain threads (which block) may use it just the same; their operations go to the home and back, which costs two wake-ups,
 * or only there, for a send into a buffer with room. When the home has been closed they get a {@link
 * RejectedExecutionException}, also those who wait at that time.
 *
 * <p>Whoever is killed, or waits in vain for his time, has sent or received nothing. What was about to be handed to him
 * goes to the next.
 *
 * <p>{@link #close()} means: no more sends. What was sent before, also by senders who still wait, is received; then
 * receivers get {@link EndOfChannel}, and a loop over the channel ends. Null cannot be sent.
 *
 * <p>The contract follows Go's channels, and Kotlin's for close and failure.
 *
 * @param <T> what is sent
 */
public final class Channel<T> implements Iterable<T> {
    private final HomeGateway gateway;
    private final ChannelState<T> state;
    private final ReceiveOperation<T> receivingAtHome;
    private final Producers producers = new Producers();

    Channel(HomeGateway gateway, ChannelState<T> state) {
        this.gateway = gateway;
        this.state = state;
        receivingAtHome = new ReceiveOperation<>(gateway, state);
    }

    // ---- kinds
    // -------------------------------------------------------------------------------------------------------

    /** Makes channels that live on {@code home}. Any thread. */
    public static ChannelFactory on(Loop home) {
        return new ChannelFactory(home);
    }

    /**
     * A channel without a buffer: a send waits until its value is received. As all methods of this name and kind it makes
     * a channel of the caller's loop.
     *
     * @throws IllegalStateException outside any loop: say which one with {@link #on}
     */
    public static <T> Channel<T> rendezvous() {
        return here().rendezvous();
    }

    /** A channel that holds {@code capacity} values; a send waits while it is full. With 0 it is a rendezvous. */
    public static <T> Channel<T> buffered(int capacity) {
        return here().buffered(capacity);
    }

    /** A channel in which a send never waits. Nothing but memory holds senders back: mind that receivers keep up. */
    public static <T> Channel<T> unbounded() {
        return here().unbounded();
    }

    /** A channel in which a send never waits: into a full one it pushes out the oldest value. */
    public static <T> Channel<T> droppingOldest(int capacity) {
        return here().droppingOldest(capacity);
    }

    /** A channel in which a send never waits: a full one drops what is sent. */
    public static <T> Channel<T> droppingNewest(int capacity) {
        return here().droppingNewest(capacity);
    }

    /** A channel that holds the latest value that was not received; a send never waits. */
    public static <T> Channel<T> latest() {
        return here().latest();
    }

    private static ChannelFactory here() {
        if (!Suspension.isOnLoop()) {
            throw new IllegalStateException("a channel lives on a loop, and " + Thread.currentThread()
                    + " is on none; name one: Channel.on(loop).buffered(8)");
        }
        return on(Loop.current());
    }

    // ---- sending
    // -----------------------------------------------------------------------------------------------------

    /**
     * Sends {@code value}, waiting while there is no room.
     *
     * @throws ChannelClosed if the channel is closed
     * @throws ChannelFailed if it was failed, also if that happens during the wait
     */
    public void send(T value) {
        send(value, null);
    }

    /**
     * As {@link #send(Object)}.
     *
     * @param timeout for how long at the most; null: without limit. From elsewhere than the home it includes the way there
     *     and back
     * @throws dev.weft.DeadlineExceeded when the time is up; nothing was sent then
     */
    public void send(T value, @Nullable Duration timeout) {
        requireValue(value);
        if (!gateway.isHome()) {
            sendFromElsewhere(value, timeout);
            return;
        }
        Suspension.checkpoint();
        if (!state.put(value) && state.makesWait()) {
            try {
                Suspension.await(new PendingSend<>(state, value), timeout);
            } catch (ChannelFailed there) {
                throw CallerTrace.here(there);
            }
        }
    }

    /** Into a buffer that seems to have room a value is posted, and nobody waits for the answer. */
    private void sendFromElsewhere(T value, @Nullable Duration timeout) {
        if (Suspension.isOnLoop()) {
            Suspension.checkpoint();
        }
        if (!state.isBuffered() || !post(value)) {
            new SendOperation<>(gateway, state, value).await(timeout);
        }
    }

    /** The send of {@code value} as something to be awaited, such as in a {@link Select}. For one wait at a time. */
    public Awaitable<@Nullable Void> sending(T value) {
        requireValue(value);
        return new SendOperation<>(gateway, state, value);
    }

    /**
     * Sends {@code value} if that needs no wait: there is room, or a receiver waits. Any thread, callbacks too; never waits,
     * and is not refused in a killed greenlet.
     *
     * <p>From elsewhere than the home the answer rests on what can be seen of the channel at that moment: a value that was
     * taken is not lost, but it may stand above the capacity until it is received, or wait for a receiver. (A {@link #send}
     * into a buffer does the same there, before it waits.)
     *
     * @return whether the channel took it
     * @throws ChannelClosed if the channel is closed
     * @throws RejectedExecutionException if there seemed to be room, and its loop is closed
     */
    public boolean trySend(T value) {
        requireValue(value);
        return gateway.isHome() ? state.put(value) : post(value);
    }

    private boolean post(T value) {
        if (!state.seemsToHaveRoom()) {
            if (isClosed()) {
                throw state.refusal();
            }
            return false;
        }
        if (!state.inFlight.tryAdmit()) {
            throw state.refusal();
        }
        try {
            gateway.post(() -> state.admit(value));
        } catch (RejectedExecutionException e) {
            state.inFlight.arrived();
            throw e;
        }
        return true;
    }

    /** How many values were dropped for want of room; always 0 where senders wait. Any thread. */
    public long dropped() {
        return state.dropped();
    }

    private static void requireValue(@Nullable Object value) {
        Objects.requireNonNull(
                value, "null cannot be sent through a channel; send an Optional, or a value that means it");
    }

    // ---- receiving
    // ---------------------------------------------------------------------------------------------------

    /**
     * Receives the next value, waiting until there is one.
     *
     * @throws EndOfChannel if the channel is closed and nothing is left in it
     * @throws ChannelFailed if it was failed and nothing is left in it
     */
    public T receive() {
        return receive(null);
    }

    /**
     * As {@link #receive()}.
     *
     * @param timeout for how long at the most; null: without limit. From elsewhere than the home it includes the way there
     *     and back
     * @throws dev.weft.DeadlineExceeded when the time is up; nothing was received then
     */
    public T receive(@Nullable Duration timeout) {
        if (!gateway.isHome()) {
            return new ReceiveOperation<>(gateway, state).await(timeout);
        }
        Suspension.checkpoint();
        T value = state.poll();
        if (value != null) {
            return value;
        }
        try {
            return Suspension.await(receivingAtHome, timeout);
        } catch (EndOfChannel | ChannelFailed there) {
            throw CallerTrace.here(there);
        }
    }

    /** As {@link #receive()}; empty at the end of the channel. */
    public Optional<T> receiveOrEnd() {
        try {
            return Optional.of(receive());
        } catch (EndOfChannel end) {
            return Optional.empty();
        }
    }

    /** A receive as something to be awaited, such as in a {@link Select}: its failure at the end is {@link EndOfChannel}. */
    public Awaitable<T> receiving() {
        return new ReceiveOperation<>(gateway, state);
    }

    /** As {@link #receiving()}; gives empty at the end of the channel. */
    public Awaitable<Optional<T>> receivingOrEnd() {
        return new ReceiveOrEnd<>(receiving());
    }

    /**
     * Receives a value if one is there; empty if none is yet. At home it never waits. From elsewhere it waits for the
     * home's answer.
     *
     * @throws EndOfChannel if the channel is closed and nothing is left in it
     */
    public Optional<T> tryReceive() {
        return gateway.isHome()
                ? Optional.ofNullable(state.poll())
                : new TryReceiveOperation<>(gateway, state).await(null);
    }

    /** Receives until the channel ends; throws {@link ChannelFailed} if it was failed. */
    @Override
    public Iterator<T> iterator() {
        return new ChannelIterator<>(this, this::receiveOrEnd);
    }

    // ---- the end
    // -----------------------------------------------------------------------------------------------------

    /**
     * No more is sent. Any thread; never waits; closing again does nothing. From elsewhere than the home it takes effect
     * with the home's next turn, after all that the same thread has sent before.
     */
    public void close() {
        String who = caller();
        gateway.tell(() -> state.close(who));
    }

    /**
     * As {@link #close}, because of {@code cause}: receivers get it in a {@link ChannelFailed} after what was sent before,
     * and senders at once, also those who wait. Does nothing to a channel that is closed.
     */
    public void fail(Throwable cause) {
        Objects.requireNonNull(cause, "cause");
        String who = caller();
        gateway.tell(() -> state.fail(cause, who));
    }

    /** Whether it is closed, or failed. Any thread. */
    public boolean isClosed() {
        return state.inFlight.isClosed();
    }

    /**
     * A handle for one of several senders: the channel is closed when all handles are. Any thread.
     *
     * @throws ChannelClosed if that has happened, or the channel was closed in another way
     */
    public Producer<T> producer() {
        if (isClosed()) {
            throw state.refusal();
        }
        if (!producers.tryEnter()) {
            throw new ChannelClosed(this, "the last of its producers");
        }
        return new Producer<>(this, producers);
    }

    private static String caller() {
        Thread thread = Thread.currentThread();
        return thread.getName().isEmpty() ? "thread " + thread.threadId() : thread.getName();
    }

    @Override
    public String toString() {
        return state.toString();
    }
}
