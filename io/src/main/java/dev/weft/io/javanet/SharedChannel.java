package dev.weft.io.javanet;

import dev.weft.Loop;
import dev.weft.io.selector.SelectedChannel;
import dev.weft.io.selector.SelectorPoller;
import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A non-blocking channel that greenlets of any loop and other threads can wait for. It is registered with the selector of each
 * loop that has waited for it, and with that of the {@link SelectorThread}. Any thread.
 *
 * <p>It has no reference to its socket, so that the socket can become unreachable. The cleaner then closes the channel.
 */
final class SharedChannel implements Runnable {
    private final SelectableChannel channel;
    private final int inOperation;
    private final int outOperation;
    private final List<ReadinessWait> waits = new ArrayList<>(1); // one per loop, one for all threads; guarded by this
    private volatile @Nullable GreenletWait latest; // a cache, because there is usually only one
    private volatile @Nullable ThreadWait ofThreads;
    private boolean closed; // guarded by this

    SharedChannel(SelectableChannel channel, int inOperation, int outOperation) throws IOException {
        channel.configureBlocking(false);
        this.channel = channel;
        this.inOperation = inOperation;
        this.outOperation = outOperation;
    }

    /** Returns the object by which the caller waits. */
    ReadinessWait readinessWait() throws IOException {
        GreenletWait recent = latest;
        if (recent != null && recent.isCurrent()) {
            return recent;
        }
        return Suspension.isOnLoop() ? greenletWait() : threadWait();
    }

    private synchronized ReadinessWait greenletWait() throws IOException {
        requireOpen();
        GreenletWait mine = null;
        for (ReadinessWait wait : waits) {
            if (wait instanceof GreenletWait other && other.isCurrent()) {
                mine = other;
            }
        }
        if (mine == null) {
            waits.removeIf(wait -> wait instanceof GreenletWait other && other.isClosed());
            Loop loop = Loop.current();
            mine = new GreenletWait(loop, SelectedChannel.shared(loop, channel, this, inOperation, outOperation));
            waits.add(mine);
        }
        latest = mine;
        return mine;
    }

    private ReadinessWait threadWait() throws IOException {
        ThreadWait wait = ofThreads;
        return wait == null ? firstThreadWait() : wait;
    }

    private synchronized ReadinessWait firstThreadWait() throws IOException {
        requireOpen();
        ThreadWait wait = ofThreads;
        if (wait == null) {
            wait = new ThreadWait(channel, inOperation, outOperation);
            waits.add(wait);
            ofThreads = wait;
        }
        return wait;
    }

    private void requireOpen() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    /**
     * Ends all waits and closes the channel, which on a loop takes effect before its next poll. Never waits. A second call has no
     * effect.
     */
    void close() {
        List<ReadinessWait> toClose;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            toClose = List.copyOf(waits);
        }
        if (toClose.isEmpty()) {
            closeChannel();
        } else {
            toClose.forEach(ReadinessWait::close);
            SelectorPoller.closeRegistered(this::closeRegistered);
        }
    }

    private void closeRegistered() {
        closeChannel();
        if (ofThreads != null) {
            SelectorThread.releaseClosed();
        }
    }

    private void closeChannel() {
        try {
            channel.close();
        } catch (IOException e) {
            // Closing a socket that the peer has reset may fail; it is closed regardless.
        }
    }

    /** Called by the cleaner. */
    @Override
    public void run() {
        close();
    }

    @Override
    public String toString() {
        return "java.net socket on " + channel;
    }
}
