package dev.weft.io.selector;

import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * A channel on a loop's selector: its two directions and its selection key. The channel is registered on the first wait. All
 * methods except {@link #close} and {@link #isOpen} are confined to the loop's thread.
 */
public class SelectedChannel {
    private enum Lifetime {
        /** The channel is closed together with its loop. */
        OF_THE_LOOP,
        /** The channel outlives the loop, and may be on the selectors of other loops as well. */
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
    private @Nullable SocketKey socketKey; // the same, if it is one
    private int operations;
    private boolean isHalfClosed;
    private int ready; // reported by the selector, and not passed on yet
    private volatile boolean closed;

    /**
     * Creates a channel on the selector of {@code loop}. It is closed together with the loop.
     *
     * @param channel a non-blocking channel
     * @param owner the object that messages and descriptions of waits show
     * @param inOperation the {@link SelectionKey} operation for reading or accepting; 0 for none
     * @param outOperation the {@link SelectionKey} operation for writing; 0 for none
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
     * Creates an instance for a channel that outlives the loop and may be on several selectors, with one instance for each.
     * Closing a loop leaves the channel open. When the channel is closed, {@link #close} must be called on each instance.
     */
    public static SelectedChannel shared(
            Loop loop, SelectableChannel channel, Object owner, int inOperation, int outOperation) {
        return new SelectedChannel(loop, channel, owner, Lifetime.SHARED, inOperation, outOperation);
    }

    /** Returns the inbound direction: reading and accepting. */
    public final Readiness in() {
        return in;
    }

    /** Returns the outbound direction: connecting and writing. */
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

    /** Returns whether the channel is open. Any thread. */
    public final boolean isOpen() {
        return !closed;
    }

    final Object owner() {
        return owner;
    }

    /** A protocol layer over the channel that is notified before the channel is closed. */
    public interface Layer {
        /** Called before the channel is closed. Must neither wait nor throw. */
        void beforeClose();
    }

    /** Passes the channel to {@code layer}, which is notified before a close and shown in descriptions of waits. */
    public final void passTo(Layer layer) {
        owner = layer;
    }

    /** Returns the loop's receive buffers. */
    public final ReceiveBuffers receiveBuffers() {
        return poller.receiveBuffers();
    }

    final HeldWrites heldWrites() {
        return poller.heldWrites();
    }

    /** Returns the loop whose selector the channel is on. */
    public final Loop loop() {
        return loop;
    }

    /** Returns the underlying channel. */
    public final SelectableChannel channel() {
        return channel;
    }

    /** Adds {@code operation} to those that the selector reports. Returns whether it was not among them. */
    final boolean add(int operation) throws IOException {
        boolean isNew = (operations & operation) == 0;
        if (isNew) {
            int all = operations | operation;
            try {
                if (key == null) {
                    registered(poller.register(channel, all, this));
                } else {
                    key.interestOps(all);
                }
                operations = all;
            } catch (CancelledKeyException e) { // another thread has just closed the channel
                throw new ClosedChannelException();
            } catch (UncheckedIOException e) { // the kernel refused; interestOps can throw no checked exception
                throw e.getCause();
            }
        }
        return isNew;
    }

    private void registered(SelectionKey fresh) {
        key = fresh;
        socketKey = fresh instanceof SocketKey able ? able : null;
    }

    /** Makes the selector report again what is possible, if it reports changes only. */
    final void reportAgain() throws IOException {
        if (socketKey != null) {
            socketKey.reportAgain();
        }
    }

    /** To be called before a direction is shut down; only the channel itself knows what that means. */
    public final void halfClosing() {
        isHalfClosed = true;
    }

    /** Reads as {@code socket}, which is this channel, does, by the shortest way. */
    public final int read(ReadableByteChannel socket, ByteBuffer target) throws IOException {
        SocketKey shorter = socketKey;
        return shorter == null || isHalfClosed ? socket.read(target) : shorter.read(target);
    }

    /** Writes as {@code socket}, which is this channel, does, by the shortest way. */
    public final int write(WritableByteChannel socket, ByteBuffer source) throws IOException {
        SocketKey shorter = socketKey;
        return shorter == null || isHalfClosed ? socket.write(source) : shorter.write(source);
    }

    final void remove(int operation) {
        if ((operations & operation) != 0) {
            int rest = operations & ~operation;
            if (key != null && key.isValid()) {
                try {
                    key.interestOps(rest);
                } catch (CancelledKeyException e) {
                    // Another thread has just closed the channel; its waiters are about to be notified.
                } catch (UncheckedIOException e) {
                    return; // the interest remains; reports without a waiter are harmless
                }
            }
            operations = rest;
        }
    }

    /** Called when the selector reports that the {@code possible} operations are possible. */
    final void noteReady(int possible) {
        ready = possible;
    }

    /** Called after an attempt at {@code operation}, which makes a report of it stale that has not been passed on yet. */
    final void dropReport(int operation) {
        ready &= ~operation;
    }

    /** Passes on the last report of the selector. */
    final void report(boolean hadSlept) {
        int possible = ready;
        if ((possible & in.operation()) != 0) {
            in.report(hadSlept);
        }
        if ((possible & out.operation()) != 0) {
            out.report(hadSlept);
        }
    }

    /** Sets the new key after the selector was replaced. */
    final void moved(SelectionKey replacement) {
        registered(replacement);
    }

    /** Called when the loop closes and no greenlets wait on it any more. */
    final void loopClosed(SelectionKey last) throws IOException {
        if (isShared) {
            closed = true;
            last.cancel();
        } else {
            channel.close();
        }
    }

    /**
     * Closes the channel. Waits fail with {@link AsynchronousCloseException}. Any thread; never waits. If called outside the
     * loop's thread, it takes effect in the loop's next iteration. The descriptor is released by the loop's next poll. Has no
     * effect if already closed.
     */
    public final void close() {
        if (!closed) {
            closed = true;
            Suspension.tell(loop, this::closeOnLoop, this::closeChannel);
        }
    }

    private void closeOnLoop() {
        if (owner instanceof Layer layer) {
            layer.beforeClose();
        }
        if (!lingers()) {
            finishClose();
        }
        in.fail(AsynchronousCloseException::new);
        out.fail(AsynchronousCloseException::new);
    }

    /** Returns whether the channel has something to send before it is closed, and will then call {@link #finishClose}. */
    boolean lingers() {
        return false;
    }

    final void finishClose() {
        if (key == null) {
            closeChannel();
        } else {
            key = null;
            socketKey = null;
            poller.deregistered();
            poller.closeSoon(this::closeChannel);
        }
    }

    private void closeChannel() {
        try {
            channel.close();
        } catch (IOException e) {
            // Closing a socket that the peer has reset may fail; it is closed regardless.
        }
    }
}
