package dev.weft.cluster;

import dev.weft.Awaitable;
import dev.weft.sync.Channel;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The sending end of a channel, for greenlets of other nodes. It is sent to them in messages and tasks, and they may send it on;
 * wherever it arrives, it leads to the one channel that it was made for.
 *
 * <pre>{@code
 * Channel<Row> rows = Channel.buffered(16);
 * RemoteChannel<Row> out = cluster.channel(rows);
 * node.spawn(() -> { for (Row row : query()) out.send(row); out.close(); });
 * for (Row row : rows) print(row);
 * }</pre>
 *
 * <p>A node may have as many values on their way as the {@linkplain Cluster#channel(Channel, int) window} says. Each takes a credit, and
 * new credits are granted as values enter the channel, which they do as they are received there, or there is room in its buffer. So a slow
 * receiver holds up those who send to it, and nobody else, and memory is bounded at both ends; with an unbounded channel it is not. A
 * send waits for room in a small buffer, from which values leave as there are credits. The values of one node arrive in the order in
 * which they were sent, at most once.
 *
 * <p>Closing and failing are those of {@link Channel}, and come after what the same node has sent before. They are for all senders: if
 * there are several, have each close a {@linkplain Cluster#producer RemoteChannel of its own}. Once the channel is closed, senders
 * get {@link dev.weft.sync.ChannelClosed}, and what was still on its way is dropped. One that is closed where it lives, not through a
 * {@code RemoteChannel}, tells senders of other nodes with the next value that arrives.
 *
 * <p>When the node of the channel is lost, those who send get a {@link dev.weft.sync.ChannelFailed} caused by {@link NodeLost}. So do the
 * receivers when the only node that has this is lost before it has closed it, after what had arrived; as long as another node has
 * it, they are not told. A {@code RemoteChannel} that has lost its channel is dead for good, even if the nodes see each other again,
 * and also where it is sent on to.
 *
 * <p>Any thread. A value costs its serialisation and a copy; strings, byte arrays and numbers do not go through Java
 * serialisation. The flow control is that of AMQP and Reactive Streams.
 *
 * @param <T> the values
 */
public final class RemoteChannel<T> implements Travelling {
    /** The default of {@link Cluster#channel(Channel, int)}. */
    static final int WINDOW = 256;

    private final ChannelEnd end;

    RemoteChannel(ChannelEnd end) {
        this.end = end;
    }

    /**
     * Sends {@code value}, waiting while there is no room.
     *
     * @throws dev.weft.sync.ChannelClosed if the channel is closed
     * @throws dev.weft.sync.ChannelFailed if it was failed, or its node is lost, before or during the wait
     * @throws dev.weft.serial.SerializationFailed if it cannot be sent to another node; the message names the class and the cure
     */
    public void send(T value) {
        end.way().send(pack(value));
    }

    /**
     * As {@link #send(Object)}, with a timeout.
     *
     * @throws dev.weft.DeadlineExceeded if the time is up; nothing was sent
     */
    public void send(T value, @Nullable Duration timeout) {
        end.way().send(pack(value), timeout);
    }

    /** Sends {@code value} if that needs no wait, and returns whether it did. As {@link Channel#trySend}. */
    public boolean trySend(T value) {
        return end.way().trySend(pack(value));
    }

    /** Returns an awaitable that sends {@code value}, for use in a {@link dev.weft.sync.Select}. For one wait at a time. */
    public Awaitable<@Nullable Void> sending(T value) {
        return end.way().sending(pack(value));
    }

    private Object pack(T value) {
        return end.pack(Objects.requireNonNull(value, "null cannot be sent through a channel"));
    }

    /** Closes the channel after all that was sent on this node before. Never waits; closing again has no effect. */
    public void close() {
        end.close();
    }

    /**
     * Closes the channel with a failure, which its receivers get in a {@link dev.weft.sync.ChannelFailed} after what was sent on this node
     * before, with the frames of this node. Never waits; has no effect if it is closed.
     */
    public void fail(Throwable cause) {
        end.fail(Objects.requireNonNull(cause, "cause"));
    }

    @Override
    @SuppressWarnings("exports") // only the cluster calls it
    public Handle handle() {
        return end.handle();
    }

    @Override
    public String toString() {
        return "sending end of " + end;
    }
}
