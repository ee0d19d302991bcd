package dev.weft.io.net;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Where threads that are no greenlets wait for a socket: one selector for all of them, and a daemon thread that looks at it,
 * opened with the first such wait. As the sockets may outlive every loop, it belongs to none. Any thread.
 */
final class Lookout implements Runnable {
    private static final System.Logger LOGGER = System.getLogger(Lookout.class.getName());
    private static final long PAUSE_AFTER_FAILURE_NANOS = 10_000_000;

    private static volatile @Nullable Lookout open;

    private final Selector selector;

    private Lookout() throws IOException {
        selector = Selector.open();
    }

    /**
     * The lookout of this JVM.
     *
     * @throws IOException if it is not open yet and no descriptor is left for its selector
     */
    static Lookout current() throws IOException {
        Lookout current = open;
        return current == null ? openOne() : current;
    }

    private static synchronized Lookout openOne() throws IOException {
        Lookout current = open;
        if (current == null) {
            current = new Lookout();
            Thread.ofPlatform()
                    .name("weft-net-lookout")
                    .daemon()
                    .inheritInheritableThreadLocals(false)
                    .start(current);
            open = current;
        }
        return current;
    }

    /** Reports once to {@code station} when {@code operation} is possible on {@code channel}. */
    void watch(SelectableChannel channel, int operation, ThreadStation station) throws IOException {
        synchronized (station) { // or the first waits of both directions would overwrite each other's operation
            SelectionKey key = channel.keyFor(selector);
            try {
                if (key == null) {
                    channel.register(selector, operation, station);
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
        Lookout current = open;
        if (current != null) {
            current.selector.wakeup();
        }
    }

    @Override
    public void run() {
        while (true) {
            try {
                selector.select(Lookout::report);
            } catch (IOException | RuntimeException e) {
                LOGGER.log(System.Logger.Level.WARNING, "looking out for sockets failed", e);
                LockSupport.parkNanos(PAUSE_AFTER_FAILURE_NANOS);
            }
            Thread.interrupted(); // it stands for nothing, and would end every later select
        }
    }

    private static void report(SelectionKey key) {
        try {
            int ready = key.readyOps();
            key.interestOpsAnd(~ready);
            ((ThreadStation) key.attachment()).report(ready);
        } catch (CancelledKeyException e) {
            // It was closed in this very moment; who waits has been told.
        }
    }
}
