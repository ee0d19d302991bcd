package dev.weft.io.javanet;

import dev.weft.spi.RuntimeThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/**
 * Where threads that are not greenlets wait for sockets: one selector for all of them and a daemon thread that runs it,
 * started with the first such wait. The sockets may outlive every loop, so it belongs to none. Any thread.
 *
 * <p>The thread survives whatever is thrown there; what the selector had to report, it reports again.
 */
class SelectorThread implements Runnable {
    private static volatile @Nullable SelectorThread open;

    private final Selector selector;
    private final Thread thread = new RuntimeThread("weft-selector", this);

    SelectorThread() throws IOException {
        selector = Selector.open();
    }

    /**
     * The one of this JVM.
     *
     * @throws IOException if it has not been started yet and no descriptor is left for its selector
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

    /** Starts the thread; if that fails, releases the selector. */
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

    /** {@code channel} was closed: if it is registered, its descriptor is released by the next select. */
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
            Thread.interrupted(); // it means nothing here, and would end every later select
        }
    }

    /** Waits until there is something to report, and reports it. */
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
            // It was closed at this moment; its waiter has been told.
        }
    }
}
