package dev.weft.io.selector;

import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/**
 * A channel on a loop's selector: its two directions, and the selection key that connects them to the selector. The channel is
 * registered with the first wait. All methods but {@link #close} and {@link #isOpen} belong to the loop's thread.
 */
public class SelectedChannel {
    private enum Lifetime {
        /** The channel is closed when its loop is. */
        OF_THE_LOOP,
        /** The channel outlives the loop; other loops may have it on their selectors too. */
        SHARED
    }

    private final Readiness in;
    private final Readiness out;
    private final Loop loop;
    private final SelectorPoller poller;
    private final SelectableChannel channel;
    private Object owner; // the socket, or the layer above it
    private final boolean isShared;
    private @Nullable SelectionKey key;
    private int operations;
    private volatile boolean closed;

    /**
     * Puts {@code channel} on the selector of {@code loop}, which closes it when it is closed itself.
     *
     * @param channel must be non-blocking
     * @param owner described in messages and in waits
     * @param inOperation of {@link SelectionKey}: reading or accepting; 0 for none
     * @param outOperation writing; 0 for none
     * @throws IllegalStateException if the loop has no selector
     */
    public SelectedChannel(Loop loop, SelectableChannel channel, Object owner, int inOperation, int outOperation) {
        this(loop, channel, owner, Lifetime.OF_THE_LOOP, inOperation, outOperation);
    }

    private SelectedChannel(
            Loop loop, SelectableChannel channel, Object owner, Lifetime lifetime, int inOperation, int outOperation) {
        this.loop = loop;
        this.poller = SelectorPoller.of(loop);
        this.channel = channel;
        this.owner = owner;
        isShared = lifetime == Lifetime.SHARED;
        in = new Readiness(this, inOperation, "readable");
        out = new Readiness(this, outOperation, "writable");
    }

    /**
     * As the constructor, for a channel that outlives the loop and may be on several selectors, with one of these objects for
     * each. A loop that closes leaves the channel open. When the channel is closed, {@link #close} of each must be called.
     */
    public static SelectedChannel shared(
            Loop loop, SelectableChannel channel, Object owner, int inOperation, int outOperation) {
        return new SelectedChannel(loop, channel, owner, Lifetime.SHARED, inOperation, outOperation);
    }

    /** The direction from the peer: reading, accepting. */
    public final Readiness in() {
        return in;
    }

    /** The direction to the peer: connecting, writing. */
    public final Readiness out() {
        return out;
    }

    /**
     * Checks that the caller may use the channel.
     *
     * @throws IllegalStateException if the caller is not on the loop; the message names it
     * @throws ClosedChannelException if the channel is closed
     */
    public final void requireUsable() throws IOException {
        Suspension.requireLoop(loop, owner);
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    /** Whether it has not been closed. Any thread. */
    public final boolean isOpen() {
        return !closed;
    }

    final Object owner() {
        return owner;
    }

    /** A protocol layer on the channel that has something to send before the channel is closed. */
    public interface Layer {
        /** The channel is about to be closed. Must neither wait nor throw. */
        void beforeClose();
    }

    /** From now on {@code layer} uses the channel: it is notified of the close, and named in descriptions of waits. */
    public final void passTo(Layer layer) {
        owner = layer;
    }

    /** The loop's buffers for received bytes. */
    public final ReceiveBuffers receiveBuffers() {
        return poller.receiveBuffers();
    }

    /** The loop whose selector it is on. */
    public final Loop loop() {
        return loop;
    }

    /** The channel itself. */
    public final SelectableChannel channel() {
        return channel;
    }

    final void add(int operation) throws IOException {
        if ((operations & operation) == 0) {
            int all = operations | operation;
            try {
                if (key == null) {
                    key = poller.register(channel, all, this);
                } else {
                    key.interestOps(all);
                }
                operations = all;
            } catch (CancelledKeyException e) { // another thread has just closed it
                throw new ClosedChannelException();
            } catch (UncheckedIOException e) { // the kernel refused, and interestOps throws nothing else
                throw e.getCause();
            }
        }
    }

    final void remove(int operation) {
        if ((operations & operation) != 0) {
            int rest = operations & ~operation;
            if (key != null && key.isValid()) {
                try {
                    key.interestOps(rest);
                } catch (CancelledKeyException e) {
                    // Another thread has just closed the channel; its waiters are about to be told.
                } catch (UncheckedIOException e) {
                    return; // it stays selected; reports that nobody waits for do no harm
                }
            }
            operations = rest;
        }
    }

    /** From the selector: these operations are possible now. */
    final void report(int ready, boolean hadSlept) {
        if ((ready & in.operation()) != 0) {
            in.report(hadSlept);
        }
        if ((ready & out.operation()) != 0) {
            out.report(hadSlept);
        }
    }

    /** The selector was replaced. */
    final void moved(SelectionKey replacement) {
        key = replacement;
    }

    /** The loop closes; nobody waits there any more. */
    final void loopClosed(SelectionKey last) throws IOException {
        if (isShared) {
            closed = true;
            last.cancel();
        } else {
            channel.close();
        }
    }

    /**
     * Closes the channel; waits fail with {@link AsynchronousCloseException}. Any thread; never waits. On another thread than
     * the loop's it takes effect with the loop's next turn. Closing it again does nothing.
     */
    public final void close() {
        if (!closed) {
            closed = true;
            if (!Suspension.tell(loop, this::closeOnLoop)) {
                closeChannel();
            }
        }
    }

    private void closeOnLoop() {
        if (owner instanceof Layer layer) {
            layer.beforeClose();
        }
        closeChannel();
        if (key != null) {
            key = null;
            poller.deregistered();
        }
        in.fail(AsynchronousCloseException::new);
        out.fail(AsynchronousCloseException::new);
    }

    private void closeChannel() {
        try {
            channel.close();
        } catch (IOException e) {
            // Closing a socket that the peer has reset may fail; it is closed all the same.
        }
    }
}
