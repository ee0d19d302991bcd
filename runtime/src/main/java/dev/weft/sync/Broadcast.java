package dev.weft.sync;

import dev.weft.Loop;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;

/**
 * Gives every value to all who subscribe, each with a buffer of his own (as tokio's {@code broadcast}). Publishing never
 * waits, so one who is slow harms only himself: when his buffer is full he misses values, the oldest or the newest as he
 * chose, and can ask how many.
 *
 * <pre>{@code
 * try (Subscription<Price> prices = broadcast.subscribe(64)) {
 *     for (Price price : prices) show(price);
 * }
 * }</pre>
 *
 * <p>It lives on one loop, the one on which it was made or {@link #on another}; what others call takes effect there with
 * its next turn, in the order of their calls. All methods may be called from any thread and none waits.
 *
 * @param <T> what is published
 */
public final class Broadcast<T> {
    private final Loop home;
    private final HomeGateway gateway;
    private final Set<Subscription<T>> subscribers = new LinkedHashSet<>(); // belongs to the home's thread
    private boolean closed;

    private Broadcast(Loop home) {
        this.home = home;
        gateway = new HomeGateway(home, "broadcast on " + home.name());
    }

    /** A broadcast of the caller's loop; throws {@link IllegalStateException} outside any. */
    public static <T> Broadcast<T> open() {
        return new Broadcast<>(Loop.current());
    }

    /** A broadcast that lives on {@code home}. */
    public static <T> Broadcast<T> on(Loop home) {
        return new Broadcast<>(Objects.requireNonNull(home, "loop"));
    }

    /**
     * Gives {@code value} to all who have subscribed; nobody else will see it.
     *
     * @throws ChannelClosed at home, if it is closed; from elsewhere it is dropped then
     * @throws RejectedExecutionException if its loop is closed
     */
    public void publish(T value) {
        Objects.requireNonNull(value, "null cannot be published");
        if (gateway.isHome()) {
            if (closed) {
                throw new ChannelClosed(this, "its close");
            }
            spread(value);
        } else {
            gateway.post(() -> spread(value));
        }
    }

    private void spread(T value) {
        if (!gateway.isHome()) {
            return; // the loop has left
        }
        subscribers.forEach(subscriber -> subscriber.give(value));
    }

    /**
     * Subscribes to all that is published from now on; of what he does not receive in time, one misses the oldest.
     *
     * @param capacity how much is kept for him; 1 or more
     */
    public Subscription<T> subscribe(int capacity) {
        return enter(Channel.on(home).droppingOldest(capacity));
    }

    /** As {@link #subscribe}; of what he does not receive in time, one misses the newest. */
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

    /** Nothing more is published: subscribers see the end after what is kept for them. Closing again does nothing. */
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
