package dev.weft.io.selector;

import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Poller;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A loop's poller based on a {@link Selector}. The selector's callback only records readiness, because it runs while two of the
 * selector's monitors are held. Reports are passed on in portions of {@value #PORTION}, one per poll: the operations that
 * greenlets wait for are attempted, those greenlets run, then comes the next portion. So similar work is done together.
 *
 * <p>A registered channel is closed by the loop's thread, before the next poll, even if a greenlet asks for it. A close enters
 * monitors of the selector that each select enters as well. If a greenlet waited for one and was woken by its release while the
 * loop's thread waited behind it, neither would ever run again.
 *
 * <p>A selector that returns immediately, without an event or another reason, 512 times in a row is replaced by a new one, to
 * which the keys are moved (as in Netty, because of a defect in Linux's epoll).
 *
 * <p>All methods except {@link #wakeup} are confined to the loop's thread.
 */
public final class SelectorPoller implements Poller {
    /** How many reports are passed on before the greenlets that they wake run: what both touch is still in the caches. */
    static final int PORTION = 64;

    private static final int REBUILD_AFTER = 512;
    private static final long MILLI = 1_000_000;

    private final SelectorOpener opener;
    private final Backlog backlog = new Backlog();
    private final HeldWrites heldWrites = new HeldWrites();
    private final ArrayDeque<Runnable> closes = new ArrayDeque<>();
    private final ReceiveBuffers receiveBuffers = new ReceiveBuffers();
    private @Nullable Object[] locals = {}; // by the index of the LoopLocal
    private volatile Selector selector;
    private volatile boolean woken;
    private int sources;
    private boolean closing; // a key was cancelled; the next select releases its descriptor
    private boolean closed;
    private int emptyInRow;
    private long rebuilds;

    /** A factory of selectors: the JDK's, Weft's epoll selector, or a test's. */
    @FunctionalInterface
    public interface SelectorOpener {
        /** Opens a selector. */
        Selector open() throws IOException;
    }

    private static final class SystemSelectors implements SelectorOpener {
        @Override
        public Selector open() throws IOException {
            return Selector.open();
        }
    }

    /** Creates a poller on a selector of the JDK. */
    public SelectorPoller() throws IOException {
        this(new SystemSelectors());
    }

    /** Creates a poller on a selector from {@code opener}, which is also used to replace a failing selector. */
    public SelectorPoller(SelectorOpener opener) throws IOException {
        this.opener = opener;
        selector = opener.open();
    }

    /**
     * Returns the poller of {@code loop}.
     *
     * @throws IllegalStateException if the loop's poller is of another type
     */
    public static SelectorPoller of(Loop loop) {
        if (loop.poller() instanceof SelectorPoller poller) {
            return poller;
        }
        throw new IllegalStateException("loop " + loop.name() + " has no selector; its poller is " + loop.poller()
                + "; open its group without a custom poller, with weft-io on the class path or module path");
    }

    /** Returns the loop's receive buffers. */
    public ReceiveBuffers receiveBuffers() {
        return receiveBuffers;
    }

    @SuppressWarnings("unchecked") // only this method stores values, and each index belongs to one LoopLocal
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
        heldWrites.sendAll();
        closeChannels();
        if (!backlog.isEmpty()) {
            return backlog.reportPortion(false);
        }
        closing = false;
        if (timeoutNanos <= 0) {
            selector.selectNow(backlog);
            return backlog.reportPortion(false);
        }
        long begin = System.nanoTime();
        // For select, a timeout of zero means no limit.
        long millis = timeoutNanos == FOREVER ? 0 : Math.max(1, Math.ceilDiv(timeoutNanos, MILLI));
        int events = selector.select(backlog, millis);
        if (events > 0) {
            emptyInRow = 0;
        } else {
            countEmpty(timeoutNanos, System.nanoTime() - begin);
        }
        woken = false;
        return backlog.reportPortion(true);
    }

    HeldWrites heldWrites() {
        return heldWrites;
    }

    private void countEmpty(long timeoutNanos, long tookNanos) throws IOException {
        boolean interrupted = Thread.interrupted(); // has no meaning here and would end every later select
        if (woken || interrupted || tookNanos >= timeoutNanos) {
            emptyInRow = 0;
        } else if (++emptyInRow >= REBUILD_AFTER) {
            emptyInRow = 0;
            rebuild();
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
        fresh.wakeup(); // a wakeup that went to the old selector would be lost
    }

    private static void move(SelectionKey key, Selector fresh) throws IOException {
        SelectedChannel selected = (SelectedChannel) key.attachment();
        try {
            int operations = key.interestOps();
            key.cancel();
            selected.moved(key.channel().register(fresh, operations, selected));
        } catch (CancelledKeyException | ClosedChannelException e) {
            // Another thread has just closed the channel.
        } catch (UncheckedIOException e) {
            selected.close(); // it can no longer be watched; this notifies its waiters
        }
    }

    /** Returns how many times the selector has been replaced. */
    long rebuilds() {
        return rebuilds;
    }

    SelectionKey register(SelectableChannel channel, int operations, SelectedChannel selected) throws IOException {
        SelectionKey key = channel.register(selector, operations, selected);
        sources++;
        return key;
    }

    /** Called when a registered channel is about to be closed. */
    void deregistered() {
        sources--;
        closing = true;
    }

    /** Runs {@code close}, which closes a channel that is registered with some selector, before the next poll. */
    void closeSoon(Runnable close) {
        if (closed) {
            close.run();
        } else {
            closes.addLast(close);
        }
    }

    /**
     * Runs {@code close}, which closes a channel that is registered with some selector: if the caller is on a loop, before that
     * loop's next poll, otherwise at once. Any thread.
     */
    public static void closeRegistered(Runnable close) {
        if (Suspension.isOnLoop() && Loop.current().poller() instanceof SelectorPoller poller) {
            poller.closeSoon(close);
        } else {
            close.run();
        }
    }

    private void closeChannels() {
        Runnable next;
        while ((next = closes.pollFirst()) != null) {
            next.run();
        }
    }

    @Override
    public void wakeup() {
        woken = true;
        selector.wakeup();
    }

    @Override
    public boolean hasSources() {
        return sources > 0 || closing || !closes.isEmpty() || !heldWrites.isEmpty();
    }

    @Override
    public void close() throws IOException {
        backlog.clear();
        heldWrites.sendAll();
        closed = true;
        closeChannels();
        try (Selector last = selector) {
            for (SelectionKey key : last.keys()) {
                ((SelectedChannel) key.attachment()).loopClosed(key);
            }
            last.selectNow(); // releases the descriptors
        }
    }

    @Override
    public String toString() {
        return "poller of " + sources + " channels on a " + selector.getClass().getSimpleName();
    }
}
