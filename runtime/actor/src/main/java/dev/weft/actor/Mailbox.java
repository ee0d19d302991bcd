package dev.weft.actor;

import dev.weft.Awaitable;
import dev.weft.Busy;
import dev.weft.DeadlineExceeded;
import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.ForwardingWaiter;
import dev.weft.spi.Measured;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The messages for one greenlet, who may receive them out of order (Erlang's selective receive). What a receive does not want
 * stays, in its order.
 *
 * <pre>{@code
 * Mailbox<Message> mailbox = Mailbox.unbounded();
 * Answer answer = mailbox.receive(Answer.class, Duration.ofSeconds(1)); // whatever else has come before it
 * }</pre>
 *
 * <p>A {@linkplain #sendUrgent urgent} message goes before all that are not, and behind the urgent ones sent before it, as
 * Erlang's priority messages (EEP 76). A receive looks at the urgent messages first, then at the others, from the oldest on.
 *
 * <p>A receive looks at each message once, also if it has to wait; the next one starts again. So in a long mailbox, each
 * selective receive costs its length, which {@link Statistics#scanned} shows.
 *
 * <p>Any thread may send. Greenlets of the loop on which it was created may receive, one at a time: a second one gets {@link
 * Busy}. A receive that is killed or times out has taken nothing. For a queue with several receivers, use {@link
 * dev.weft.sync.Channel}.
 *
 * @param <M> the messages
 */
public final class Mailbox<M> implements Measured {
    static {
        Suspension.belongsToRuntime(Mailbox.class);
    }

    private final Arrivals arrivals;

    // Confined to the home's thread.
    private final Lane<M> urgent = new Lane<>();
    private final Lane<M> ordinary = new Lane<>();
    private @Nullable Object receiver; // who is in a receive
    private long received;

    /**
     * A snapshot of a mailbox: messages in it, and those that have been received, looked at by receives, and dropped so far. If
     * many more are looked at than received, it is long and receives are selective.
     */
    public record Statistics(int queued, long received, long scanned, long dropped) {}

    private Mailbox(int capacity, Overflow overflow) {
        arrivals = new Arrivals(Loop.current(), capacity, overflow);
    }

    /**
     * Creates a mailbox on the caller's loop in which a send never waits. There is no backpressure: make sure that the receiver
     * keeps up.
     *
     * @throws IllegalStateException outside any loop
     */
    public static <M> Mailbox<M> unbounded() {
        return new Mailbox<>(UNBOUNDED, Overflow.WAIT);
    }

    /**
     * As {@link #unbounded()}, for at most {@code capacity} messages; {@code overflow} says what happens to further ones.
     *
     * @throws IllegalArgumentException if {@code capacity} is less than one
     */
    public static <M> Mailbox<M> bounded(int capacity, Overflow overflow) {
        return new Mailbox<>(BoundedIntake.requirePositive(capacity), Objects.requireNonNull(overflow, "overflow"));
    }

    /** The messages that the receiver has not looked for yet. */
    private final class Arrivals extends BoundedIntake<Letter<M>> {
        Arrivals(Loop home, int capacity, Overflow overflow) {
            super(home, Mailbox.this, capacity, overflow);
        }

        @Override
        boolean dropOldest(MailboxFull why) {
            sort();
            boolean isDropped = ordinary.poll() != null;
            if (isDropped) {
                release();
            }
            return isDropped;
        }

        @Override
        RuntimeException refusal() {
            return new MailboxClosed(Mailbox.this);
        }

        @Override
        void requireOther() {}

        @Override
        public Owners owners() {
            return Owners.unknown(Owners.Kind.OTHER, Mailbox.this);
        }
    }

    /** A receive of the first message, for a select. */
    private final class Receiving extends ForwardingWaiter<@Nullable Void> implements Awaitable<M> {
        private @Nullable Waiter<? super M> waiting;

        @Override
        public void subscribe(Waiter<? super M> waiter) {
            begin(this);
            waiting = waiter;
            sort();
            if (!hasMessages() && !arrivals.isOver()) {
                arrivals.subscribe(this);
            } else if (waiter.tryClaim()) {
                succeed(null);
            } else {
                end();
            }
        }

        @Override
        public boolean unsubscribe(Waiter<? super M> waiter) {
            if (waiting == waiter) {
                arrivals.unsubscribe(this);
                end();
            }
            return true;
        }

        private void end() {
            waiting = null;
            receiver = null;
        }

        @Override
        public void succeed(@Nullable Void nothing) {
            Waiter<? super M> present = receiver();
            end();
            M message = next(any -> true);
            if (message == null) {
                present.fail(new MailboxClosed(Mailbox.this));
            } else {
                present.succeed(message);
            }
        }

        @Override
        public void fail(Throwable failure) {
            Waiter<? super M> present = receiver();
            end();
            present.fail(failure);
        }

        @Override
        protected Waiter<? super M> receiver() {
            return Objects.requireNonNull(waiting, "nobody awaits this");
        }

        @Override
        public Owners owners() {
            return arrivals.owners();
        }

        @Override
        public String toString() {
            return Mailbox.this.toString();
        }
    }

    /**
     * Sends {@code message}. Any thread; waits only if the mailbox is full and its policy is {@link Overflow#WAIT}.
     *
     * @throws MailboxFull if it is full and its policy is {@link Overflow#FAIL}
     * @throws MailboxClosed if it is closed
     */
    public void send(M message) {
        Letter<M> letter = Letter.ordinary(Objects.requireNonNull(message, "message"));
        if (Suspension.isOnLoop()) {
            Suspension.checkpoint();
        }
        arrivals.put(letter);
    }

    /**
     * As {@link #send}, but never waits, and works in a killed greenlet; returns false if the mailbox was full and the message was
     * not sent.
     */
    public boolean trySend(M message) {
        return arrivals.tryPut(Letter.ordinary(Objects.requireNonNull(message, "message")));
    }

    /** As {@link #send}, but before all messages that are not urgent; never waits, as the capacity does not count here. */
    public void sendUrgent(M message) {
        arrivals.putBeyond(Letter.urgent(Objects.requireNonNull(message, "message")));
    }

    /**
     * Receives the first message, waiting until there is one.
     *
     * @throws MailboxClosed if it is closed and nothing is left in it
     * @throws Busy if another greenlet is receiving
     * @throws IllegalStateException if the caller is not a greenlet of its loop
     */
    public M receive() {
        return receive(any -> true, null);
    }

    /**
     * As {@link #receive()}, but waits for at most {@code timeout}; with zero, it receives only what is there.
     *
     * @throws DeadlineExceeded if the time is up
     */
    public M receive(Duration timeout) {
        return receive(any -> true, Objects.requireNonNull(timeout, "timeout"));
    }

    /** As {@link #receive()}, for the first message that is {@code wanted}. What the predicate throws is thrown here. */
    public M receive(Predicate<? super M> wanted) {
        return receive(Objects.requireNonNull(wanted, "wanted"), null);
    }

    /** As {@link #receive(Predicate)}, for the first message of {@code type}. */
    public <T extends M> T receive(Class<T> type) {
        return type.cast(receive(type::isInstance, null));
    }

    /** As {@link #receive(Class)}, but waits for at most {@code timeout}. */
    public <T extends M> T receive(Class<T> type, Duration timeout) {
        return type.cast(receive(type::isInstance, Objects.requireNonNull(timeout, "timeout")));
    }

    /**
     * As {@link #receive(Predicate)}, but waits for at most {@code timeout}, or without limit if it is null.
     *
     * @throws DeadlineExceeded if the time is up
     */
    public M receive(Predicate<? super M> wanted, @Nullable Duration timeout) {
        begin(Suspension.callerId());
        try {
            Suspension.checkpoint();
            M message = next(wanted);
            return message == null ? await(wanted, timeout) : message;
        } finally {
            receiver = null;
        }
    }

    /** Receives the first message that is {@code wanted} if there is one. Never waits. */
    public Optional<M> tryReceive(Predicate<? super M> wanted) {
        begin(Suspension.callerId());
        try {
            return Optional.ofNullable(next(wanted));
        } finally {
            receiver = null;
        }
    }

    /** As {@link #tryReceive(Predicate)}, for any message. */
    public Optional<M> tryReceive() {
        return tryReceive(any -> true);
    }

    /** Returns an awaitable receive of the first message, for use in a select. For one wait at a time. */
    public Awaitable<M> receiving() {
        return new Receiving();
    }

    private void begin(Object who) {
        Suspension.requireLoop(arrivals.home, this);
        if (receiver != null) {
            throw new Busy(this, receiver);
        }
        receiver = who;
        urgent.rewind();
        ordinary.rewind();
    }

    private M await(Predicate<? super M> wanted, @Nullable Duration timeout) {
        long deadline = timeout == null ? Long.MAX_VALUE : deadlineAfter(timeout);
        while (true) {
            if (arrivals.isOver()) {
                throw new MailboxClosed(this);
            }
            try {
                Suspension.await(arrivals, timeout == null ? null : until(deadline));
            } catch (DeadlineExceeded e) {
                throw timeout == null ? e : new DeadlineExceeded(this, timeout);
            }
            M message = next(wanted);
            if (message != null) {
                return message;
            }
        }
    }

    private long deadlineAfter(Duration timeout) {
        long now = arrivals.home.clock().nanos();
        return now + Math.min(TimeUnit.NANOSECONDS.convert(timeout), Long.MAX_VALUE - Math.max(now, 0));
    }

    private Duration until(long deadline) {
        return Duration.ofNanos(Math.max(0, deadline - arrivals.home.clock().nanos()));
    }

    /** Takes the next message that is {@code wanted}, of those that the present receive has not looked at. */
    private @Nullable M next(Predicate<? super M> wanted) {
        sort();
        M message = urgent.next(wanted);
        if (message == null) {
            message = ordinary.next(wanted);
        }
        if (message != null) {
            received++;
            arrivals.release();
        }
        return message;
    }

    /** Puts what has arrived into its lane. */
    private void sort() {
        Letter<M> letter;
        while ((letter = arrivals.poll()) != null) {
            (letter.isUrgent ? urgent : ordinary).add(letter);
        }
    }

    private boolean hasMessages() {
        return !urgent.isEmpty() || !ordinary.isEmpty();
    }

    /** Refuses further messages. Those in it can still be received. Any thread; never waits. */
    public void close() {
        arrivals.close();
    }

    /** Returns the number of messages in it. Any thread; elsewhere than on its loop a snapshot. */
    @Override
    public int size() {
        return arrivals.size();
    }

    @Override
    public int capacity() {
        return arrivals.capacity();
    }

    /** Returns a snapshot of its counters. Any thread. */
    public Statistics statistics() {
        return new Statistics(size(), received, urgent.scans() + ordinary.scans(), arrivals.dropped());
    }

    @Override
    public String toString() {
        return "mailbox on " + arrivals.home.name();
    }
}
