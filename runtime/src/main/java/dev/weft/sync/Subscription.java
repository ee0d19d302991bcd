package dev.weft.sync;

import dev.weft.Awaitable;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber's end of a {@link Broadcast}. Receiving works as with a {@link Channel}, from any loop or thread.
 *
 * @param <T> the published values
 */
public final class Subscription<T> implements Iterable<T>, AutoCloseable {
    private final Broadcast<T> broadcast;
    private final Channel<T> channel;

    Subscription(Broadcast<T> broadcast, Channel<T> channel) {
        this.broadcast = broadcast;
        this.channel = channel;
    }

    void give(T value) {
        if (!channel.isClosed()) {
            channel.trySend(value);
        }
    }

    void end() {
        channel.close();
    }

    /** As {@link Channel#receive()}; throws {@link EndOfChannel} once the broadcast or this subscription is closed. */
    public T receive() {
        return channel.receive();
    }

    /** As {@link Channel#receive(Duration)}. */
    public T receive(@Nullable Duration timeout) {
        return channel.receive(timeout);
    }

    /** As {@link Channel#receiving}. */
    public Awaitable<T> receiving() {
        return channel.receiving();
    }

    /** As {@link Channel#receivingOrEnd}. */
    public Awaitable<Optional<T>> receivingOrEnd() {
        return channel.receivingOrEnd();
    }

    /** As {@link Channel#tryReceive}. */
    public Optional<T> tryReceive() {
        return channel.tryReceive();
    }

    /** Receives until the broadcast or this subscription is closed. */
    @Override
    public Iterator<T> iterator() {
        return channel.iterator();
    }

    /** Returns how many values were dropped because they were not received in time. Any thread. */
    public long missed() {
        return channel.dropped();
    }

    /** Ends the subscription. Buffered values can still be received. Any thread; never waits. */
    @Override
    public void close() {
        broadcast.leave(this);
        channel.close();
    }

    @Override
    public String toString() {
        return "subscription to " + broadcast;
    }
}
