package dev.weft.sync;

import dev.weft.Loop;
import java.util.Objects;

/** A factory of channels that live on one loop; see {@link Channel#on}. Any thread. */
public final class ChannelFactory {
    private final Loop home;

    ChannelFactory(Loop home) {
        this.home = Objects.requireNonNull(home, "loop");
    }

    /** As {@link Channel#rendezvous()}, on this loop. */
    public <T> Channel<T> rendezvous() {
        return make("rendezvous channel", 0, WhenFull.WAIT);
    }

    /** As {@link Channel#buffered}, on this loop. */
    public <T> Channel<T> buffered(int capacity) {
        requireCapacity(capacity, 0);
        return make("channel of " + capacity, capacity, WhenFull.WAIT);
    }

    /** As {@link Channel#unbounded()}, on this loop. */
    public <T> Channel<T> unbounded() {
        return make("unbounded channel", Integer.MAX_VALUE, WhenFull.WAIT);
    }

    /** As {@link Channel#droppingOldest}, on this loop. */
    public <T> Channel<T> droppingOldest(int capacity) {
        requireCapacity(capacity, 1);
        return make("channel of the latest " + capacity, capacity, WhenFull.DROP_OLDEST);
    }

    /** As {@link Channel#droppingNewest}, on this loop. */
    public <T> Channel<T> droppingNewest(int capacity) {
        requireCapacity(capacity, 1);
        return make("channel of the first " + capacity, capacity, WhenFull.DROP_NEWEST);
    }

    /** As {@link Channel#latest()}, on this loop. */
    public <T> Channel<T> latest() {
        return make("channel of the latest value", 1, WhenFull.DROP_OLDEST);
    }

    private <T> Channel<T> make(String kind, int capacity, WhenFull whenFull) {
        String description = kind + " on " + home.name();
        return new Channel<>(new HomeGateway(home, description), new ChannelState<>(description, capacity, whenFull));
    }

    private static void requireCapacity(int capacity, int least) {
        if (capacity < least) {
            throw new IllegalArgumentException("the capacity must be at least " + least + ": " + capacity);
        }
    }
}
