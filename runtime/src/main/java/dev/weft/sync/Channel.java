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
 * A queue that hands values from senders to receivers, first in, first out on both sides.
 *
 * <pre>{@code
 * Channel<String> lines = Channel.buffered(16);
 * Weft.spawn(() -> { for (String line : source) lines.send(line); lines.close(); });
 * for (String line : lines) handle(line);
 * }</pre>
 *
 * <p>A channel has a {@linkplain dev.weft.sync home}. Greenlets of that loop use it without locks or atomics: a hand-over makes
 * the other side ready, and costs a switch. From elsewhere a send into a buffer with room goes one way only.
 *
 * <p>An operation that is killed or times out has sent or received nothing. A value about to be handed to it goes to the
 * next receiver.
 *
 * <p>{@link #close()} ends sending. Values sent before, including those of senders that still wait, are received; then
 * receivers get {@link EndOfChannel}, and iteration over the channel ends. Null cannot be sent.
 *
 * <p>The contract follows Go's channels, and Kotlin's for close and failure.
 *
 * @param <T> the values
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

    /** Returns a factory of channels that live on {@code home}. Any thread. */
    public static ChannelFactory on(Loop home) {
        return new ChannelFactory(home);
    }

    /**
     * Creates a channel without a buffer: a send waits until its value is received. Like the other factory methods below, it
     * creates the channel on the caller's loop.
     *
     * @throws IllegalStateException outside any loop; name one with {@link #on}
     */
    public static <T> Channel<T> rendezvous() {
        return here().rendezvous();
    }

    /** Creates a channel that holds {@code capacity} values; a send waits while it is full. With 0 it is a rendezvous. */
    public static <T> Channel<T> buffered(int capacity) {
        return here().buffered(capacity);
    }

    /** Creates a channel in which a send never waits. There is no backpressure: make sure that receivers keep up. */
    public static <T> Channel<T> unbounded() {
        return here().unbounded();
    }

    /** Creates a channel in which a send never waits; when full, it drops the oldest value. */
    public static <T> Channel<T> droppingOldest(int capacity) {
        return here().droppingOldest(capacity);
    }

    /** Creates a channel in which a send never waits; when full, it drops the value being sent. */
    public static <T> Channel<T> droppingNewest(int capacity) {
        return here().droppingNewest(capacity);
    }

    /** Creates a channel that holds only the latest value not yet received; a send never waits. */
    public static <T> Channel<T> latest() {
        return here().latest();
    }

    private static ChannelFactory here() {
        if (!Suspension.isOnLoop()) {
            throw new IllegalStateException("a channel needs a loop, and " + Thread.currentThread()
                    + " is not on one; name one, as in Channel.on(loop).buffered(8)");
        }
        return on(Loop.current());
    }

    /**
     * Sends {@code value}, waiting while there is no room.
     *
     * @throws ChannelClosed if the channel is closed
     * @throws ChannelFailed if it was failed, before or during the wait
     */
    public void send(T value) {
        send(value, null);
    }

    /**
     * As {@link #send(Object)}, with a timeout.
     *
     * @param timeout the maximum time to wait, or null for no limit; if the caller is not at home, it includes the way there
     *     and back
     * @throws dev.weft.DeadlineExceeded if the time is up; nothing was sent
     */
    public void send(T value, @Nullable Duration timeout) {
        requireValue(value);
        if (!gateway.isHome()) {
            sendFromElsewhere(value, timeout);
            return;
        }
        Suspension.checkpoint();
        state.sentBy.note(Thread.currentThread().threadId());
        if (!state.put(value) && state.makesWait()) {
            try {
                Suspension.await(new PendingSend<>(state, value), timeout);
            } catch (ChannelFailed there) {
                throw CallerTrace.here(there);
            }
        }
    }

    /** Posts the value if the buffer seems to have room, without waiting for the answer; otherwise waits. */
    private void sendFromElsewhere(T value, @Nullable Duration timeout) {
        if (Suspension.isOnLoop()) {
            Suspension.checkpoint();
        }
        if (!state.isBuffered() || !post(value)) {
            new SendOperation<>(gateway, state, value).await(timeout);
        }
    }

    /** Returns an awaitable that sends {@code value}, for use in a {@link Select}. For one wait at a time. */
    public Awaitable<@Nullable Void> sending(T value) {
        requireValue(value);
        return new SendOperation<>(gateway, state, value);
    }

    /**
     * Sends {@code value} if that is possible without waiting, because there is room or a receiver waits. Any thread, also in
     * callbacks. Never waits, and works in a killed greenlet.
     *
     * <p>Outside the home loop, the answer is based on a snapshot of the channel. An accepted value is not lost, but it may
     * exceed the capacity until it is received, or wait for a receiver. (There, a {@link #send} into a buffer first tries
     * the same.)
     *
     * @return whether the channel accepted it
     * @throws ChannelClosed if the channel is closed
     * @throws RejectedExecutionException if there seemed to be room, but its loop is closed
     */
    public boolean trySend(T value) {
        requireValue(value);
        if (!gateway.isHome()) {
            return post(value);
        }
        state.sentBy.note(Suspension.callerId());
        return state.put(value);
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
        long user = Suspension.callerId();
        try {
            gateway.post(() -> {
                state.sentBy.note(user);
                state.admit(value);
            });
        } catch (RejectedExecutionException e) {
            state.inFlight.arrived();
            throw e;
        }
        return true;
    }

    /** Returns how many values are in its buffer. Any thread; elsewhere than at home a snapshot. */
    public int size() {
        return state.size();
    }

    /** Returns how many values were dropped for lack of room; always 0 if senders wait. Any thread. */
    public long dropped() {
        return state.dropped();
    }

    private static void requireValue(@Nullable Object value) {
        Objects.requireNonNull(value, "null cannot be sent through a channel; send an Optional or a sentinel value");
    }

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
     * As {@link #receive()}, with a timeout.
     *
     * @param timeout the maximum time to wait, or null for no limit; if the caller is not at home, it includes the way there
     *     and back
     * @throws dev.weft.DeadlineExceeded if the time is up; nothing was received
     */
    public T receive(@Nullable Duration timeout) {
        if (!gateway.isHome()) {
            return new ReceiveOperation<>(gateway, state).await(timeout);
        }
        Suspension.checkpoint();
        state.receivedBy.note(Thread.currentThread().threadId());
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

    /** As {@link #receive()}, but returns empty at the end of the channel. */
    public Optional<T> receiveOrEnd() {
        try {
            return Optional.of(receive());
        } catch (EndOfChannel end) {
            return Optional.empty();
        }
    }

    /** Returns an awaitable receive, for use in a {@link Select}; it fails with {@link EndOfChannel} at the end. */
    public Awaitable<T> receiving() {
        return new ReceiveOperation<>(gateway, state);
    }

    /** As {@link #receiving()}, but its value is empty at the end of the channel. */
    public Awaitable<Optional<T>> receivingOrEnd() {
        return new ReceiveOrEnd<>(receiving());
    }

    /**
     * Receives a value if one is available, or returns empty if there is none yet. Never waits at home; elsewhere it waits
     * for the home's answer.
     *
     * @throws EndOfChannel if the channel is closed and nothing is left in it
     */
    public Optional<T> tryReceive() {
        long user = Suspension.callerId();
        return gateway.isHome()
                ? poll(user)
                : new HomeQuery<>(gateway, () -> poll(user), "tryReceive from " + state).await(null);
    }

    private Optional<T> poll(long user) {
        state.receivedBy.note(user);
        return Optional.ofNullable(state.poll());
    }

    /** Receives until the channel ends; throws {@link ChannelFailed} if it was failed. */
    @Override
    public Iterator<T> iterator() {
        return new ChannelIterator<>(this, this::receiveOrEnd);
    }

    /**
     * Closes the channel for sending. Any thread; never waits; closing again has no effect. Called outside the home loop, it
     * takes effect in the home's next turn, after everything that the same thread sent before.
     */
    public void close() {
        String who = caller();
        gateway.tell(() -> state.close(who));
    }

    /**
     * Closes the channel with a failure. Receivers get {@code cause} in a {@link ChannelFailed} after what was sent before;
     * senders get it at once, including those that wait. Has no effect on a closed channel.
     */
    public void fail(Throwable cause) {
        Objects.requireNonNull(cause, "cause");
        String who = caller();
        gateway.tell(() -> state.fail(cause, who));
    }

    /** Returns whether it has been closed or failed. Any thread. */
    public boolean isClosed() {
        return state.inFlight.isClosed();
    }

    /**
     * Creates a handle for one of several senders; the channel is closed once all handles are. Any thread.
     *
     * @throws ChannelClosed if the channel has been closed, in this or another way
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
