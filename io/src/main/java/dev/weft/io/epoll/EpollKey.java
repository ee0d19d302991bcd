package dev.weft.io.epoll;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectionKey;

/** A key of an {@link EpollSelector}. Confined to the selector's thread, except for {@link #cancel}. */
class EpollKey extends AbstractSelectionKey {
    final int descriptor;
    private final EpollSelector selector;
    private final SelectableChannel channel;
    private final Epoll epoll;
    private int interest;
    private int ready;
    private int watched; // the events registered with epoll; 0 if the descriptor is not registered

    EpollKey(EpollSelector selector, SelectableChannel channel, Epoll epoll) {
        this.selector = selector;
        this.channel = channel;
        this.epoll = epoll;
        descriptor = JdkChannel.descriptor(channel);
    }

    @Override
    public final SelectableChannel channel() {
        return channel;
    }

    @Override
    public final Selector selector() {
        return selector;
    }

    @Override
    public final int interestOps() {
        requireValid();
        return interest;
    }

    /** Must be called on the selector's thread. Throws {@link UncheckedIOException} if the kernel refuses. */
    @Override
    public final EpollKey interestOps(int operations) {
        requireValid();
        if ((operations & ~channel.validOps()) != 0) {
            throw new IllegalArgumentException("invalid operations " + operations + " for " + channel);
        }
        try {
            watch(events(operations));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        interest = operations;
        return this;
    }

    @Override
    public final int readyOps() {
        requireValid();
        return ready;
    }

    private void requireValid() {
        if (!isValid()) {
            throw new CancelledKeyException();
        }
    }

    /** Returns the events to be registered for {@code operations}; 0 for none. */
    int events(int operations) {
        int in = (operations & (OP_READ | OP_ACCEPT)) == 0 ? 0 : Epoll.IN;
        int out = (operations & (OP_WRITE | OP_CONNECT)) == 0 ? 0 : Epoll.OUT;
        return in | out;
    }

    /** Registers {@code events}. If there are none, removes the descriptor, because epoll would still report its errors. */
    private void watch(int events) throws IOException {
        if (events == watched) {
            return;
        }
        if (events == 0) {
            epoll.delete(descriptor);
        } else if (watched == 0) {
            epoll.add(descriptor, events);
        } else {
            epoll.modify(descriptor, events);
        }
        watched = events;
    }

    /** Removes the descriptor. Ignores errors, because a descriptor that was closed elsewhere is no longer registered. */
    final void unwatch() {
        try {
            watch(0);
        } catch (IOException e) {
            watched = 0;
        }
    }

    /** Makes epoll look at the descriptor anew, so that it reports what is possible now. */
    final void watchAgain() throws IOException {
        if (watched != 0) {
            watched = events(interest);
            epoll.modify(descriptor, watched);
        }
    }

    /** Sets the ready operations. A broken channel is ready for all, so that the next operation reports the error. */
    boolean becomesReady(int events) {
        int in = (events & (Epoll.IN | Epoll.BROKEN)) == 0 ? 0 : OP_READ | OP_ACCEPT;
        int out = (events & (Epoll.OUT | Epoll.BROKEN)) == 0 ? 0 : OP_WRITE | OP_CONNECT;
        ready = (in | out) & interest;
        return ready != 0 && isValid();
    }
}
