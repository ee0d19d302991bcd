package dev.weft.flow;

import dev.weft.sync.ChannelFailed;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;

/**
 * A hub: every subscriber gets every value that is published (Kamaelia's component of this name). Publishers and subscribers
 * are stages of any graph, on any loop, and come and go.
 *
 * <pre>{@code
 * Backplane<Price> prices = new Backplane<>("prices");
 * prices.activate();
 * Pipeline.from(new Feed()).to(prices.publisher()).build().activate();
 * Pipeline.from(prices.subscriber()).to(new Ticker()).build().activate();
 * }</pre>
 *
 * <p>All subscribers get the values in one order. Nothing is dropped: a subscriber that does not keep up holds the others and the
 * publishers back once its box is full. (For one that may miss values, see {@link dev.weft.sync.Broadcast}.) A subscriber gets what
 * is published after its graph has been started.
 *
 * <p>It ends when all publishers created so far, and all components linked to {@link #inbox}, have ended, unless it is to {@link
 * #keepOpen}; then subscribers end, too. A publisher that fails ends alone, as does a subscriber; a component that is linked directly
 * fails the backplane.
 *
 * @param <T> the values
 */
public final class Backplane<T> extends Component implements AutoCloseable {
    /** Where values to publish arrive. */
    public final Inbox<T> inbox = inbox("inbox", "values to publish");

    private final List<Outbox<T>> subscribers = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /** Creates a backplane; it publishes once it has been started. */
    public Backplane(String name) {
        super(name);
    }

    /** Makes it stay open without publishers until {@link #close}; returns it. Before it is started. */
    public Backplane<T> keepOpen() {
        requireNew();
        inbox.keepOpen();
        return this;
    }

    /** Creates a stage that publishes what it receives. On the thread that builds the graph; also while the backplane runs. */
    public Stage<T, Void> publisher() {
        return new Publisher<>(this);
    }

    /** Creates a stage that sends on what is published. On the thread that builds the graph; also while the backplane runs. */
    public Stage<?, T> subscriber() {
        Stage<T, T> subscriber = Stage.of(name() + " subscriber", Backplane::sendOn);
        Outbox<T> copies = new Outbox<>(this, "copies", "every value");
        Component.join(copies, subscriber.inbox);
        subscribers.add(copies);
        outboxes.add(copies);
        return subscriber;
    }

    private static <T> void sendOn(Inbox<T> from, Outbox<T> to) {
        from.forEach(to::send);
    }

    /** Publishes what it receives; a failure before it stays with it. */
    private static final class Publisher<T> extends Stage<T, Void> {
        private final Outbox<T> published = outbox("published", "what was received");

        Publisher(Backplane<T> backplane) {
            super(backplane.name() + " publisher");
            published.keepFailures();
            link(published, backplane.inbox);
        }

        @Override
        protected void main() {
            sendOn(inbox, published);
        }
    }

    @Override
    void wired() {
        if (closed) {
            inbox.release();
        }
    }

    @Override
    protected void main() {
        for (T value : inbox) {
            for (Outbox<T> subscriber : subscribers) {
                deliver(value, subscriber);
            }
        }
    }

    private void deliver(T value, Outbox<T> subscriber) {
        try {
            if (subscriber.isAttached()) {
                subscriber.send(value);
            }
        } catch (ChannelFailed | RejectedExecutionException gone) {
            subscribers.remove(subscriber);
            outboxes.remove(subscriber);
        }
    }

    /** Lets it end once all publishers have ended, if it was kept open. Any thread; never waits. */
    @Override
    public void close() {
        closed = true;
        inbox.release();
    }
}
