package dev.weft.io.epoll;

import dev.weft.io.selector.SocketKey;
import java.io.IOException;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;

/**
 * The key of a socket that is or will be connected.
 *
 * <p>A TCP socket is watched edge-triggered: it enters the kernel's list when something arrives, not again after each report. So
 * connections are served in the order in which they became ready, and the kernel looks at each only once. This needs a reader who
 * goes on until a read was short or found nothing. But a read also stops short of urgent data, and of the end or the failure of the
 * connection, so a socket on which one of these has arrived is watched level-triggered from then on. Sockets of other families may
 * have other boundaries, and always are.
 *
 * <p>Small messages are received and sent by {@link SocketCalls}, large ones by the channel, which need not copy them.
 *
 * <p>The calls cannot meet a descriptor of somebody else: that of a registered channel is released only by a select, on the same
 * thread, whoever closes the channel.
 */
final class EpollSocketKey extends EpollKey implements SocketKey {
    /** Up to this number of bytes, copying costs less than the channel's locks. */
    private static final int WORTH_COPYING = 4096;

    /** What a read stops short of, and may leave more behind. */
    private static final int STOPS_READS = Epoll.URGENT | Epoll.ENDED | Epoll.BROKEN;

    private final SocketChannel socket;
    private final SocketCalls calls;
    private boolean isEdgeTriggered;
    private boolean receivesMuch;
    private boolean wasReset; // the kernel says so once, and then that the stream has ended

    EpollSocketKey(EpollSelector selector, SelectableChannel channel, Epoll epoll, SocketCalls calls) {
        super(selector, channel, epoll);
        socket = (SocketChannel) channel;
        this.calls = calls;
        isEdgeTriggered = socket.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY);
    }

    @Override
    int events(int operations) {
        int events = super.events(operations);
        return events != 0 && isEdgeTriggered ? events | Epoll.URGENT | Epoll.ENDED | Epoll.EDGE_TRIGGERED : events;
    }

    @Override
    boolean becomesReady(int events) {
        if ((events & STOPS_READS) != 0 && isEdgeTriggered) {
            isEdgeTriggered = false;
            try {
                watchAgain();
            } catch (IOException e) {
                isEdgeTriggered = true; // no memory; it is reported again with the next change
            }
        }
        return super.becomesReady(events);
    }

    @Override
    public void reportAgain() throws IOException {
        if (isEdgeTriggered && isValid()) {
            watchAgain();
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int count = isForCalls(target, receivesMuch) && !target.isReadOnly() ? receive(target) : socket.read(target);
        receivesMuch = count > WORTH_COPYING;
        return count;
    }

    private int receive(ByteBuffer target) throws IOException {
        if (wasReset) {
            throw reset();
        }
        int count = calls.receive(descriptor, target);
        if (count == SocketCalls.RESET) {
            wasReset = true;
            throw reset();
        }
        return count;
    }

    private static SocketException reset() {
        return new SocketException("Connection reset");
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return isForCalls(source, source.remaining() > WORTH_COPYING)
                ? calls.send(descriptor, source)
                : socket.write(source);
    }

    /** The channel copies a heap buffer as well, but not a direct one. */
    private boolean isForCalls(ByteBuffer buffer, boolean isMuch) {
        int length = buffer.remaining();
        return length > 0
                && length <= SocketCalls.LARGEST
                && !(isMuch && buffer.isDirect())
                && isValid()
                && socket.isOpen();
    }
}
