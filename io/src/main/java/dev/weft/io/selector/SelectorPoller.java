package dev.weft.io.selector;

import dev.weft.Loop;
import dev.weft.spi.Poller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A loop's poller on a {@link Selector}. What the selector reports is only noted, and its waiter queued: the callback runs
 * inside two of the selector's monitors, where no greenlet may run.
 *
 * <p>A selector that returns at once, without an event and for no reason, 512 times in a row is replaced by a new one, to which
 * the keys are moved (as Netty does, because of a defect in Linux's epoll).
 *
 * <p>All methods but {@link #wakeup} belong to the loop's thread.
 */
public final class SelectorPoller implements Poller {
    private static final int REBUILD_AFTER = 512;
    private static final long MILLI = 1_000_000;

    private final SelectorOpener opener;
    private final Consumer<SelectionKey> markInPassing = new Marking(false);
    private final Consumer<SelectionKey> markAfterSleep = new Marking(true);
    private final ReceiveBuffers receiveBuffers = new ReceiveBuffers();
    private @Nullable Object[] locals = {}; // by the index of the LoopLocal
    private volatile Selector selector;
    private volatile boolean woken;
    private int sources;
    private boolean closing; // a key was cancelled; its descriptor goes with the next select
    private int emptyInRow;
    private long rebuilds;

    /** Opens selectors: the JDK's, the one on epoll, or one of a test. */
    @FunctionalInterface
    public interface SelectorOpener {
        /** Opens one. */
        Selector open() throws IOException;
    }

    private static final class SystemSelectors implements SelectorOpener {
        @Override
        public Selector open() throws IOException {
            return Selector.open();
        }
    }

    /** A poller on a selector of the JDK. */
    public SelectorPoller() throws IOException {
        this(new SystemSelectors());
    }

    /** A poller on a selector of {@code opener}, and a new one when that one fails. */
    public SelectorPoller(SelectorOpener opener) throws IOException {
        this.opener = opener;
        selector = opener.open();
    }

    /**
     * The poller of {@code loop}.
     *
     * @throws IllegalStateException if it is of another kind
     */
    public static SelectorPoller of(Loop loop) {
        if (loop.poller() instanceof SelectorPoller poller) {
            return poller;
        }
        throw new IllegalStateException("loop " + loop.name() + " has no selector but " + loop.poller()
                + "; open its group without a poller of your own, with weft-io on the path");
    }

    /** The loop's buffers for received bytes. */
    public ReceiveBuffers receiveBuffers() {
        return receiveBuffers;
    }

    @SuppressWarnings("unchecked") // only this method puts values in, and the index is the local's own
    <T> T local(LoopLocal<T> local) {
        int index = local.index();
        if (index >= locals.length) {
            locals = Arrays.copyOf(locals, index + 1);
        }
        Object value = locals[index];
        if (value == null) {
            value = local.makeInitial();
            locals[index] = value;
        }
        return (T) value;
    }

    @Override
    public int poll(long timeoutNanos) throws IOException {
        closing = false;
        if (timeoutNanos <= 0) {
            return selector.selectNow(markInPassing);
        }
        long begin = System.nanoTime();
        // A timeout of zero would mean forever.
        long millis = timeoutNanos == FOREVER ? 0 : Math.max(1, Math.ceilDiv(timeoutNanos, MILLI));
        int events = selector.select(markAfterSleep, millis);
        if (events > 0) {
            emptyInRow = 0;
        } else {
            countEmpty(timeoutNanos, System.nanoTime() - begin);
        }
        woken = false;
        return events;
    }

    private void countEmpty(long timeoutNanos, long tookNanos) throws IOException {
        boolean interrupted = Thread.interrupted(); // means nothing here, and would end every later select
        if (woken || interrupted || tookNanos >= timeoutNanos) {
            emptyInRow = 0;
        } else if (++emptyInRow >= REBUILD_AFTER) {
            emptyInRow = 0;
            rebuild();
        }
    }

    private record Marking(boolean hadSlept) implements Consumer<SelectionKey> {
        @Override
        public void accept(SelectionKey key) {
            try {
                ((SelectedChannel) key.attachment()).report(key.readyOps(), hadSlept);
            } catch (CancelledKeyException e) {
                // It was closed in this turn; its waiters have been told.
            }
        }
    }

    private void rebuild() throws IOException {
        Selector old = selector;
        Selector fresh = opener.open();
        for (SelectionKey key : old.keys()) {
            if (key.isValid()) {
                move(key, fresh);
            }
        }
        selector = fresh;
        rebuilds++;
        old.close();
        fresh.wakeup(); // one that went to the old selector would be lost
    }

    private static void move(SelectionKey key, Selector fresh) throws IOException {
        SelectedChannel selected = (SelectedChannel) key.attachment();
        try {
            int operations = key.interestOps();
            key.cancel();
            selected.moved(key.channel().register(fresh, operations, selected));
        } catch (CancelledKeyException | ClosedChannelException e) {
            // Another thread has just closed it.
        } catch (UncheckedIOException e) {
            selected.close(); // it cannot be watched any more; its waiters are told
        }
    }

    /** How often the selector has been replaced. */
    long rebuilds() {
        return rebuilds;
    }

    SelectionKey register(SelectableChannel channel, int operations, SelectedChannel selected) throws IOException {
        SelectionKey key = channel.register(selector, operations, selected);
        sources++;
        return key;
    }

    /** A registered channel was closed. */
    void deregistered() {
        sources--;
        closing = true;
    }

    @Override
    public void wakeup() {
        woken = true;
        selector.wakeup();
    }

    @Override
    public boolean hasSources() {
        return sources > 0 || closing;
    }

    @Override
    public void close() throws IOException {
        try (Selector last = selector) {
            for (SelectionKey key : last.keys()) {
                ((SelectedChannel) key.attachment()).loopClosed(key);
            }
            last.selectNow(); // releases the descriptors
        }
    }

    @Override
    public String toString() {
        return "selector poller of " + sources + " channels";
    }
}
