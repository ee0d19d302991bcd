package dev.weft.sync;

import dev.weft.Awaitable;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The handle of one of several senders of a channel. When the last one is closed, so is the channel. Any thread.
 *
 * <pre>{@code
 * for (Source source : sources) {
 *     Producer<String> producer = lines.producer(); // before the spawn, so that the count never falls to zero too soon
 *     Weft.spawn(() -> { try (producer) { source.forEach(producer::send); } });
 * }
 * for (String line : lines) handle(line);
 * }</pre>
 *
 * @param <T> what is sent
 */
public final class Producer<T> implements AutoCloseable {
    private final Channel<T> channel;
    private final Producers producers;
    private final AtomicBoolean closed = new AtomicBoolean();

    Producer(Channel<T> channel, Producers producers) {
        this.channel = channel;
        this.producers = producers;
    }

    /** As {@link Channel#send(Object)}. */
    public void send(T value) {
        requireOpen();
        channel.send(value);
    }

    /** As {@link Channel#send(Object, Duration)}. */
    public void send(T value, @Nullable Duration timeout) {
        requireOpen();
        channel.send(value, timeout);
    }

    /** As {@link Channel#sending}. */
    public Awaitable<@Nullable Void> sending(T value) {
        requireOpen();
        return channel.sending(value);
    }

    /** As {@link Channel#trySend}. */
    public boolean trySend(T value) {
        requireOpen();
        return channel.trySend(value);
    }

    /** Another handle of the same channel. */
    public Producer<T> producer() {
        requireOpen();
        return channel.producer();
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new ChannelClosed(this, "its own close");
        }
    }

    /** No more is sent with this handle. Never waits; closing again does nothing. */
    @Override
    public void close() {
        if (!closed.getAndSet(true) && producers.leave()) {
            channel.close();
        }
    }

    @Override
    public String toString() {
        return "producer of " + channel;
    }
}
