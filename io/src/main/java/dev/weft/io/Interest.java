package dev.weft.io;

import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What a channel on a loop wants to hear of: its two directions, and the selection key between them and the selector. For
 * authors of things on channels; users have {@link TcpStream} and its kin. The channel is registered with the first wait.
 * But for {@link #close} and {@link #isOpen} it belongs to the loop's thread.
 */
public final class Interest {
    /** Whose channel it is, when the loop closes. */
    private enum Ownership {
        OF_THE_LOOP,
        SHARED
    }

    final Readiness in;
    final Readiness out;
    private final Loop loop;
    private final SelectorPoller poller;
    private final SelectableChannel channel;
    private Object owner; // the socket, or the layer that speaks through it
    private final Ownership ownership;
    private @Nullable SelectionKey key;
    private int operations;
    private volatile boolean closed;

    /** For {@code owner}'s {@code channel}, which must be non-blocking. */
    Interest(Loop loop, SelectableChannel channel, Object owner, int inOperation, int outOperation) {
        this(loop, channel, owner, Ownership.OF_THE_LOOP, inOperation, outOperation);
    }

    private Interest(
            Loop loop,
            SelectableChannel channel,
            Object owner,
            Ownership ownership,
            int inOperation,
            int outOperation) {
        this.loop = loop;
        this.poller = SelectorPoller.of(loop);
        this.channel = channel;
        this.owner = owner;
        this.ownership = ownership;
        in = new Readiness(this, inOperation, "readable");
        out = new Readiness(this, outOperation, "writable");
    }

    /**
     * The interest of {@code loop} in a channel that outlives it, and in which others may have one too, each loop its own.
     * When it is closed, {@link #close} of every one must be called. A loop that closes leaves the channel open.
     *
     * @param channel must be non-blocking
     * @param owner whose text is that of the channel
     * @param inOperation of {@link SelectionKey}: reading or accepting
     * @param outOperation writing; 0 if there is none
     * @throws IllegalStateException if the loop has no selector
     */
    public static Interest shared(
            Loop loop, SelectableChannel channel, Object owner, int inOperation, int outOperation) {
        return new Interest(loop, channel, owner, Ownership.SHARED, inOperation, outOperation);
    }

    /** The direction from the peer: reading, accepting. */
    public Readiness in() {
        return in;
    }

    /** The direction to the peer: connecting, writing. */
    public Readiness out() {
        return out;
    }

    /** Loop's thread, or an error that says whose it is. */
    void requireUsable() throws IOException {
        Suspension.requireLoop(loop, owner);
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    /**
     * An operation in {@code direction} begins: here it may throw or yield, so that one which throws {@link
     * dev.weft.Cancelled} has done nothing.
     */
    void begin(Readiness direction) throws IOException {
        requireUsable();
        Suspension.checkpoint();
        direction.requireFree();
    }

    /** Whether it has not been closed. Any thread. */
    public boolean isOpen() {
        return !closed;
    }

    Object owner() {
        return owner;
    }

    /** What speaks through a channel and has something to say when that is closed. */
    interface Layer {
        /** The channel is about to be closed. Must neither wait nor throw. */
        void farewell();
    }

    /** From now on {@code layer} speaks through the channel: waits are shown as its. */
    void passTo(Layer layer) {
        owner = layer;
    }

    SelectorPoller poller() {
        return poller;
    }

    void add(int operation) throws IOException {
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

    void remove(int operation) {
        if ((operations & operation) != 0) {
            int rest = operations & ~operation;
            if (key != null && key.isValid()) {
                try {
                    key.interestOps(rest);
                } catch (CancelledKeyException e) {
                    // Another thread has just closed the channel, and those who wait are about to be told.
                } catch (UncheckedIOException e) {
                    return; // then it is still asked for, and told to nobody
                }
            }
            operations = rest;
        }
    }

    /** From the selector: these operations are possible now. */
    void report(int ready, boolean hadSlept) {
        if ((ready & in.operation()) != 0) {
            in.report(hadSlept);
        }
        if ((ready & out.operation()) != 0) {
            out.report(hadSlept);
        }
    }

    /** The selector was replaced. */
    void moved(SelectionKey replacement) {
        key = replacement;
    }

    /** The loop closes; nobody waits there any more. */
    void loopClosed(SelectionKey last) throws IOException {
        if (ownership == Ownership.SHARED) {
            closed = true;
            last.cancel();
        } else {
            channel.close();
        }
    }

    /**
     * Closes the channel and tells those who wait for it. Any thread; never waits. Elsewhere than on the loop it takes
     * effect with the loop's next turn.
     */
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (Suspension.isOn(loop)) {
            closeOnLoop();
        } else {
            try {
                Suspension.post(loop, this::closeOnLoop);
            } catch (RejectedExecutionException loopIsClosed) {
                closeChannel(); // nobody waits there any more, and the selector is gone
            }
        }
    }

    private void closeOnLoop() {
        if (owner instanceof Layer layer) {
            layer.farewell();
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
            // Closing a socket that the peer has reset may say so; it is closed all the same.
        }
    }
}
