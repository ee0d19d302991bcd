package dev.weft.io.javanet;

import dev.weft.spi.RuntimeThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/**
 * The selector, and the daemon thread that runs it, on behalf of all threads that are not greenlets. Started on the first such
 * wait. It belongs to no loop, because the sockets may outlive every loop. Any thread.
 *
 * <p>The thread survives any exception. Events whose delivery failed are reported again.
 */
class SelectorThread implements Runnable {
    private static volatile @Nullable SelectorThread open;

    private final Selector selector;
    private final Thread thread = new RuntimeThread("weft-selector", this);

    SelectorThread() throws IOException {
        selector = Selector.open();
    }

    /**
     * Returns the instance of this JVM.
     *
     * @throws IOException if it has not been started yet and no descriptor is left for its selector
     */
    static SelectorThread current() throws IOException {
        SelectorThread current = open;
        return current == null ? openFirst() : current;
    }

    private static synchronized SelectorThread openFirst() throws IOException {
        SelectorThread current = open;
        if (current == null) {
            current = new SelectorThread();
            current.start();
            open = current;
        }
        return current;
    }

    /** Starts the thread. Closes the selector if that fails. */
    final void start() throws IOException {
        try {
            thread.start();
        } catch (Throwable noThread) {
            selector.close();
            throw noThread;
        }
    }

    /** Arranges for one report to {@code wait} when {@code operation} is possible on {@code channel}. */
    final void watch(SelectableChannel channel, int operation, ThreadWait wait) throws IOException {
        synchronized (wait) { // so that the first waits of both directions do not overwrite each other's operation
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

    /** Triggers a select, which releases the descriptors of registered channels that have been closed. */
    static void releaseClosed() {
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
        } catch (ClosedSelectorException e) {
            return; // and the thread ends
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            Thread.interrupted(); // it has no meaning here and would end every later select
        }
    }

    /** Waits for events and reports them. */
    void select() throws IOException {
        selector.select(SelectorThread::report);
    }

    final Thread thread() {
        return thread;
    }

    /** Closes the selector, which ends the thread. For tests, which may use additional instances. */
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
            // The channel was closed concurrently; its waiter has been notified.
        }
    }
}
