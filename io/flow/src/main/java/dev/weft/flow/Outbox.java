package dev.weft.flow;

import dev.weft.Awaitable;
import dev.weft.sync.Channel;
import dev.weft.sync.ChannelFailed;
import dev.weft.sync.Producer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A box through which values leave: a sending side of the {@link Channel} of the inbox that it is linked to. For the component
 * that has declared it, while it runs.
 *
 * <p>It is linked to at most one other box. What is sent to one that is not linked is dropped. One that passes on the values of
 * an outbox inside cannot be sent to.
 *
 * @param <T> the values
 */
@SuppressWarnings("serial") // as its superclass
public final class Outbox<T> extends Box<T> {
    /** The box of a running component that lends this one its handle. */
    private @Nullable Outbox<T> lender;

    private volatile @Nullable Channel<T> channel;
    private volatile @Nullable Producer<T> producer;
    private boolean borrowed;
    private boolean keepsFailures;

    Outbox(Component owner, String name, String purpose) {
        super(owner, name, purpose);
    }

    /**
     * Sends {@code value}, waiting while the inbox is full: the collection of an earlier value ends the wait.
     *
     * @throws ChannelFailed if the component of the inbox has failed, with its failure as the cause; or if it has ended, with {@link
     *     NoReader}
     */
    public void send(T value) {
        producer().send(value);
    }

    /** As {@link #send(Object)}, with a timeout; see {@link Channel#send(Object, Duration)}. */
    public void send(T value, @Nullable Duration timeout) {
        producer().send(value, timeout);
    }

    /** Returns an awaitable that sends {@code value} once there is room for it, for a select. For one wait at a time. */
    public Awaitable<@Nullable Void> sending(T value) {
        return producer().sending(value);
    }

    /** Sends through {@code running}, and leaves it open. */
    void borrow(Outbox<T> running) {
        owner.requireNew();
        lender = running;
    }

    /** Only ends, whatever happens to its component. */
    void keepFailures() {
        keepsFailures = true;
    }

    /** Sends to {@code linked} from now on. Its component may have started before, or even ended. */
    void attach(Channel<T> linked) {
        if (channel == null) {
            producer = linked.producer();
            channel = linked;
            if (owner.hasEnded()) {
                close(owner.failure());
            }
        }
    }

    boolean isAttached() {
        return channel != null;
    }

    @Override
    void open() {
        if (!sources.isEmpty() || channel != null) {
            return;
        }
        if (end() instanceof Inbox<?> inbox) {
            inbox.open();
            attach(sink(inbox));
        } else {
            openUnlinked((Outbox<?>) end());
        }
    }

    /** The links between the two boxes, each of which was checked by the compiler, tell that it takes values of type T. */
    @SuppressWarnings("unchecked")
    private Channel<T> sink(Inbox<?> inbox) {
        return (Channel<T>) inbox.channel();
    }

    @SuppressWarnings("unchecked") // as above
    private void openUnlinked(Outbox<?> end) {
        Outbox<T> lending = (Outbox<T>) end.lender;
        if (lending == null) {
            attach(owner.channels().droppingNewest(1));
        } else {
            channel = lending.channel;
            producer = lending.producer();
            borrowed = true;
        }
    }

    /** Returns the inbox whose component receives what is sent to this box, or to one that passes through it. */
    @Nullable Inbox<?> destination() {
        Box<?> end = end();
        if (end instanceof Outbox<?> last) {
            return last.lender == null ? null : last.lender.destination();
        }
        return (Inbox<?>) end;
    }

    @Override
    void close(@Nullable Throwable failure) {
        Channel<T> present = channel;
        if (present == null || borrowed) {
            return;
        }
        if (failure != null && !keepsFailures) {
            present.fail(failure);
        }
        Objects.requireNonNull(producer).close();
    }

    private Producer<T> producer() {
        Producer<T> present = producer;
        if (present != null) {
            return present;
        }
        throw new IllegalStateException(
                sources.isEmpty()
                        ? this + " cannot be used before its component runs"
                        : this + " passes on the values of " + sources + ", and so cannot be sent to");
    }
}
