package dev.weft.sync;

import dev.weft.Awaitable;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One subscriber's end of a {@link Broadcast}. ReceiveOperation is as from a {@link Channel}, from any loop or thread.
 *
 * @param <T> what is published
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

    /** As {@link Channel#receive()}; {@link EndOfChannel} when the broadcast, or this subscription, was closed. */
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

    /** Receives until the broadcast, or this subscription, is closed. */
    @Override
    public Iterator<T> iterator() {
        return channel.iterator();
    }

    /** How many values were dropped because they were not received in time. Any thread. */
    public long missed() {
        return channel.dropped();
    }

    /** Ends it: what is kept can still be received, and nothing comes any more. Any thread; never waits. */
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
