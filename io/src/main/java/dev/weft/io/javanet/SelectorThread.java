package dev.weft.io.javanet;

import dev.weft.lowlevel.RuntimeThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/**
 * Where threads that are no greenlets wait for a socket: one selector for all of them, and a daemon thread that looks at it,
 * opened with the first such wait. As the sockets may outlive every loop, it belongs to none. Any thread.
 *
 * <p>Its thread goes on whatever is thrown there. What the selector had to report then, it reports again.
 */
class SelectorThread implements Runnable {
    private static volatile @Nullable SelectorThread open;

    private final Selector selector;
    private final Thread thread = new RuntimeThread("weft-selector", this);

    SelectorThread() throws IOException {
        selector = Selector.open();
    }

    /**
     * The lookout of this JVM.
     *
     * @throws IOException if it is not open yet and no descriptor is left for its selector
     */
    static SelectorThread current() throws IOException {
        SelectorThread current = open;
        return current == null ? openOne() : current;
    }

    private static synchronized SelectorThread openOne() throws IOException {
        SelectorThread current = open;
        if (current == null) {
            current = new SelectorThread();
            current.start();
            open = current;
        }
        return current;
    }

    /** Starts its thread; if there is none to be had, lets the selector go. */
    final void start() throws IOException {
        try {
            thread.start();
        } catch (Throwable noThread) {
            selector.close();
            throw noThread;
        }
    }

    /** Reports once to {@code wait} when {@code operation} is possible on {@code channel}. */
    final void watch(SelectableChannel channel, int operation, ThreadWait wait) throws IOException {
        synchronized (wait) { // or the first waits of both directions would overwrite each other's operation
            SelectionKey key = channel.keyFor(selector);
            try {
                if (key == null) {
                    channel.register(selector, operation, wait);
                } else {
                    key.interestOpsOr(operation);
                }
            } catch (CancelledKeyException e) {
                throw new ClosedChannelException();
            }
        }
        selector.wakeup();
    }

    /** {@code channel} was closed: if it is registered, its descriptor goes with the next select. */
    static void forget(SelectableChannel channel) {
        SelectorThread current = open;
        if (current != null) {
            current.selector.wakeup();
        }
    }

    @Override
    public final void run() {
        Runnable step = this::step;
        while (selector.isOpen()) {
            RuntimeThread.insist(step);
        }
    }

    private void step() {
        try {
            select();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            Thread.interrupted(); // it stands for nothing, and would end every later select
        }
    }

    /** Waits until there is something to report, and does that. */
    void select() throws IOException {
        selector.select(SelectorThread::report);
    }

    final Thread thread() {
        return thread;
    }

    /** For tests, which may have more than the one of the JVM: its thread ends. */
    final void close() throws IOException {
        selector.close();
    }

    private static void report(SelectionKey key) {
        try {
            int ready = key.readyOps();
            key.interestOpsAnd(~ready);
            try {
                ((ThreadWait) key.attachment()).report(ready);
            } catch (Throwable t) {
                key.interestOpsOr(ready); // so that it is reported again
                throw t;
            }
        } catch (CancelledKeyException e) {
            // It was closed in this very moment; who waits has been told.
        }
    }
}
