package dev.weft.bench.rival.bare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** An event loop with one thread, one selector, and two buffers for all connections. The buffers hold no data between events. */
final class SelectorLoop implements Runnable {
    private static final int BUFFER_SIZE = 64 * 1024;

    private final Selector selector = Selector.open();
    private final ByteBuffer input = ByteBuffer.allocateDirect(BUFFER_SIZE);
    private final ByteBuffer output = ByteBuffer.allocateDirect(BUFFER_SIZE);
    private final Queue<Runnable> fromOthers = new ConcurrentLinkedQueue<>();
    private @Nullable Thread thread;
    private GatewayConnection.@Nullable BackendPool backend;

    SelectorLoop() throws IOException {}

    @Override
    public void run() {
        thread = Thread.currentThread();
        try {
            while (true) {
                selector.select(SelectorLoop::handle);
                for (Runnable task = fromOthers.poll(); task != null; task = fromOthers.poll()) {
                    task.run();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot select", e);
        }
    }

    private static void handle(SelectionKey key) {
        if (key.isValid()) { // another connection may have closed this one in the same poll
            ((Selected) key.attachment()).ready(key);
        }
    }

    /** Runs {@code task} on this loop's thread; at once if called there. Any thread. */
    void execute(Runnable task) {
        if (Thread.currentThread() == thread) {
            task.run();
        } else {
            fromOthers.add(task);
            selector.wakeup();
        }
    }

    Selector selector() {
        return selector;
    }

    /** Returns the buffer for reads, cleared. */
    ByteBuffer input() {
        return input.clear();
    }

    /** Returns the buffer for composing output, cleared. */
    ByteBuffer output() {
        return output.clear();
    }

    /** Returns this loop's pool of connections to the backend. */
    GatewayConnection.BackendPool backend(InetSocketAddress address) {
        if (backend == null) {
            backend = new GatewayConnection.BackendPool(this, address);
        }
        return backend;
    }

    /** The attachment of a key, called when the key is ready. */
    static interface Selected {
        void ready(SelectionKey key);
    }
}
