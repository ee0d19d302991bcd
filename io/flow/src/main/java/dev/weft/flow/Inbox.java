package dev.weft.flow;

import dev.weft.Awaitable;
import dev.weft.sync.Channel;
import dev.weft.sync.Producer;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A box in which values arrive: the receiving side of a bounded {@link Channel}. For the component that has declared it, while
 * it runs.
 *
 * <p>Several outboxes may be linked to it; it ends when all of their components have ended. One that nothing is linked to has
 * ended when its component starts. One that passes its values on to an inbox inside cannot be read.
 *
 * @param <T> the values
 */
@SuppressWarnings("serial") // as its superclass
public final class Inbox<T> extends Box<T> implements Iterable<T> {
    private static final int DEFAULT_CAPACITY = 16;

    private int capacity = DEFAULT_CAPACITY;
    private boolean staysOpen;
    private volatile @Nullable Producer<T> handle; // while it stays open

    /** The box of a running component that lends this one its channel. */
    private @Nullable Inbox<T> lender;

    private volatile @Nullable Channel<T> channel;

    Inbox(Component owner, String name, String purpose) {
        super(owner, name, purpose);
    }

    /**
     * Sets how many values it holds before senders wait; 16 by default. With 0, a send waits until its value has been received.
     *
     * @return this box
     * @throws IllegalArgumentException if {@code values} is negative
     * @throws IllegalStateException if its component has been started
     */
    public Inbox<T> capacity(int values) {
        if (values < 0) {
            throw new IllegalArgumentException("the capacity of " + this + " must be at least 0: " + values);
        }
        owner.requireNew();
        capacity = values;
        return this;
    }

    /** Returns how many values it holds before senders wait. */
    public int capacity() {
        return capacity;
    }

    /** Returns how many values are in it. Any thread; elsewhere than on its loop a snapshot. */
    public int size() {
        Channel<T> present = channel;
        return present == null ? 0 : present.size();
    }

    /** As {@link Channel#receive()}. */
    public T receive() {
        return channel().receive();
    }

    /** As {@link Channel#receive(Duration)}. */
    public T receive(@Nullable Duration timeout) {
        return channel().receive(timeout);
    }

    /** As {@link Channel#receiveOrEnd()}. */
    public Optional<T> receiveOrEnd() {
        return channel().receiveOrEnd();
    }

    /** As {@link Channel#receiving()}: the arrival of a value, for a select. */
    public Awaitable<T> receiving() {
        return channel().receiving();
    }

    /** As {@link Channel#receivingOrEnd()}: the arrival of a value, or the end, for a select. */
    public Awaitable<Optional<T>> receivingOrEnd() {
        return channel().receivingOrEnd();
    }

    /** Receives until the end, as {@link Channel#iterator()}. */
    @Override
    public Iterator<T> iterator() {
        return channel().iterator();
    }

    /** Keeps it open when nothing that is linked to it runs. */
    void keepOpen() {
        staysOpen = true;
    }

    /** Lets it end, once what is linked to it has ended. */
    void release() {
        Producer<T> present = handle;
        if (present != null) {
            present.close();
        }
    }

    /** Uses the channel of {@code running}, and leaves it open. */
    void borrow(Inbox<T> running) {
        owner.requireNew();
        lender = running;
    }

    /** Returns the box of a running component that lends this one its channel, if there is one. */
    @Nullable Inbox<?> lender() {
        return lender;
    }

    @Override
    void open() {
        ((Inbox<?>) end()).openHere();
    }

    private void openHere() {
        if (channel != null) {
            return;
        }
        Inbox<?> lending = lending(this);
        Channel<T> opened = lending == null ? owner.channels().buffered(capacity) : lent(lending);
        channel = opened;
        if (staysOpen) {
            handle = opened.producer();
        }
        if (!attach(this, opened) && lending == null && !staysOpen) {
            opened.close();
        }
    }

    /** Makes {@code opened} the channel of all outboxes that lead to {@code box}; returns whether there is one. */
    private static <T> boolean attach(Box<? extends T> box, Channel<T> opened) {
        boolean found = false;
        for (Box<? extends T> source : box.sources) {
            if (source instanceof Outbox<? extends T> outbox && outbox.sources.isEmpty()) {
                attachOne(outbox, opened);
                found = true;
            } else {
                found |= attach(source, opened);
            }
        }
        return found;
    }

    /** Values of a subtype go through the same channel. */
    @SuppressWarnings("unchecked")
    private static <T> void attachOne(Outbox<? extends T> outbox, Channel<T> opened) {
        ((Outbox<T>) outbox).attach(opened);
    }

    private static @Nullable Inbox<?> lending(Box<?> box) {
        if (box instanceof Inbox<?> inbox && inbox.lender != null) {
            return inbox.lender;
        }
        for (Box<?> source : box.sources) {
            Inbox<?> found = source instanceof Inbox<?> outer ? lending(outer) : null;
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    /** The links between the two boxes, each of which was checked by the compiler, tell that the values are of type T. */
    @SuppressWarnings("unchecked")
    private Channel<T> lent(Inbox<?> lending) {
        return (Channel<T>) lending.channel();
    }

    @Override
    void close(@Nullable Throwable failure) {
        Channel<T> present = channel;
        if (present == null || present.isClosed() || lending(this) != null) {
            return;
        }
        present.fail(failure == null ? new NoReader(this) : failure);
    }

    Channel<T> channel() {
        Channel<T> present = channel;
        if (present != null) {
            return present;
        }
        throw new IllegalStateException(
                target == null
                        ? this + " cannot be used before its component runs"
                        : this + " passes its values on to " + target + ", and so cannot be read");
    }
}
