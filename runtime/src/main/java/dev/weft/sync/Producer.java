package dev.weft.sync;

import dev.weft.Awaitable;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A handle for one of several senders of a channel. Closing the last one closes the channel. Any thread.
 *
 * <pre>{@code
 * for (Source source : sources) {
 *     Producer<String> producer = lines.producer(); // before the spawn, so that the count does not drop to zero too early
 *     Weft.spawn(() -> { try (producer) { source.forEach(producer::send); } });
 * }
 * for (String line : lines) handle(line);
 * }</pre>
 *
 * @param <T> the values
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

    /** Creates another handle of the same channel. */
    public Producer<T> producer() {
        requireOpen();
        return channel.producer();
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new ChannelClosed(this, "its own close");
        }
    }

    /** Closes this handle for sending. Never waits; closing again has no effect. */
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
