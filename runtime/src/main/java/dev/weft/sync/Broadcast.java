package dev.weft.sync;

import dev.weft.Loop;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;

/**
 * A channel that delivers every value to all subscribers, each with its own buffer (as tokio's {@code broadcast}).
 * Publishing never waits, so a slow subscriber affects only itself: when its buffer is full it misses values, the oldest or
 * the newest as chosen, and can ask how many.
 *
 * <pre>{@code
 * try (Subscription<Price> prices = broadcast.subscribe(64)) {
 *     for (Price price : prices) show(price);
 * }
 * }</pre>
 *
 * <p>It has a {@linkplain dev.weft.sync home}. All methods may be called from any thread; none waits.
 *
 * @param <T> the published values
 */
public final class Broadcast<T> {
    private final Loop home;
    private final HomeGateway gateway;
    private final Set<Subscription<T>> subscribers = new LinkedHashSet<>(); // confined to the home's thread
    private boolean closed;

    private Broadcast(Loop home) {
        this.home = home;
        gateway = new HomeGateway(home, "broadcast on " + home.name());
    }

    /** Opens a broadcast on the caller's loop; throws {@link IllegalStateException} outside any loop. */
    public static <T> Broadcast<T> open() {
        return new Broadcast<>(Loop.current());
    }

    /** Opens a broadcast that lives on {@code home}. */
    public static <T> Broadcast<T> on(Loop home) {
        return new Broadcast<>(Objects.requireNonNull(home, "loop"));
    }

    /**
     * Delivers {@code value} to the current subscribers; later ones do not see it.
     *
     * @throws ChannelClosed if it is closed and the caller is on its loop; from elsewhere the value is dropped then
     * @throws RejectedExecutionException if its loop is closed
     */
    public void publish(T value) {
        Objects.requireNonNull(value, "null cannot be published");
        if (gateway.isHome()) {
            if (closed) {
                throw new ChannelClosed(this, "its close");
            }
            deliver(value);
        } else {
            gateway.post(() -> deliver(value));
        }
    }

    private void deliver(T value) {
        if (!gateway.isHome()) {
            return; // the loop has closed
        }
        subscribers.forEach(subscriber -> subscriber.give(value));
    }

    /**
     * Subscribes to all values published after this call. A slow subscriber misses the oldest values.
     *
     * @param capacity the size of the subscriber's buffer; 1 or more
     */
    public Subscription<T> subscribe(int capacity) {
        return enter(Channel.on(home).droppingOldest(capacity));
    }

    /** As {@link #subscribe}, but a slow subscriber misses the newest values. */
    public Subscription<T> subscribeDroppingNewest(int capacity) {
        return enter(Channel.on(home).droppingNewest(capacity));
    }

    private Subscription<T> enter(Channel<T> channel) {
        Subscription<T> subscription = new Subscription<>(this, channel);
        gateway.tell(() -> {
            if (closed) {
                channel.close();
            } else {
                subscribers.add(subscription);
            }
        });
        return subscription;
    }

    void leave(Subscription<T> subscription) {
        gateway.tell(() -> subscribers.remove(subscription));
    }

    /** Ends the broadcast: subscribers receive what is buffered for them, then the end. Closing again has no effect. */
    public void close() {
        gateway.tell(() -> {
            closed = true;
            subscribers.forEach(Subscription::end);
            subscribers.clear();
        });
    }

    @Override
    public String toString() {
        return "broadcast on " + home.name();
    }
}
