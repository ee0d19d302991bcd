package dev.weft.io.epoll;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelectionKey;
import java.nio.channels.spi.AbstractSelector;
import java.nio.channels.spi.SelectorProvider;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A selector on epoll that takes few events at a time: what one portion has touched, in the kernel and here, is still
 * in the core's caches when its greenlets run. The JDK's selector takes up to 1,024.
 *
 * <p>It is for one thread, except {@link #wakeup}; and any thread may close channels. Ready keys are passed to an
 * action and not collected. A change of a key's interest is made at once, and throws {@link UncheckedIOException} if
 * the kernel refuses. {@link #keys} is a snapshot. Everything else is as in the JDK's selector: a channel's descriptor
 * is released by the first select after the close.
 */
public final class EpollSelector extends AbstractSelector {
    private static final int PORTION = 64;

    private final Epoll epoll = new Epoll(PORTION);
    private final Object wakeLock = new Object();
    private boolean woken; // guarded by wakeLock; while true, nobody else writes to the descriptor
    private @Nullable Key[] keys = new Key[64]; // by descriptor

    private EpollSelector() throws IOException {
        super(SelectorProvider.provider());
    }

    /**
     * Opens one.
     *
     * @throws IOException if the system refuses, for example because no file descriptor is left
     * @throws dev.weft.MissingFlag if this JVM was started without the flags that it needs
     * @throws UnsupportedOperationException if this system is not Linux on x86-64 or AArch64
     */
    public static Selector open() throws IOException {
        String system = System.getProperty("os.name") + " on " + System.getProperty("os.arch");
        if (!system.equals("Linux on amd64") && !system.equals("Linux on aarch64")) {
            throw new UnsupportedOperationException("the epoll selector is for Linux on amd64 and aarch64, and this is "
                    + system + "; leave -Dweft.io.selector=epoll out");
        }
        JdkChannel.require();
        return new EpollSelector();
    }

    private final class Key extends AbstractSelectionKey {
        private final SelectableChannel channel;
        private final int descriptor;
        private int interest;
        private int ready;
        private int watched; // the events that epoll watches; 0 if it does not know the descriptor

        Key(SelectableChannel channel) {
            this.channel = channel;
            this.descriptor = JdkChannel.descriptor(channel);
        }

        @Override
        public SelectableChannel channel() {
            return channel;
        }

        @Override
        public Selector selector() {
            return EpollSelector.this;
        }

        @Override
        public int interestOps() {
            requireValid();
            return interest;
        }

        /** For the selector's own thread; throws {@link UncheckedIOException} if the kernel refuses. */
        @Override
        public SelectionKey interestOps(int operations) {
            requireValid();
            if ((operations & ~channel.validOps()) != 0) {
                throw new IllegalArgumentException("operations " + operations + " of " + channel);
            }
            try {
                watch(events(operations));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            interest = operations;
            return this;
        }

        @Override
        public int readyOps() {
            requireValid();
            return ready;
        }

        private void requireValid() {
            if (!isValid()) {
                throw new CancelledKeyException();
            }
        }

        private static int events(int operations) {
            int in = (operations & (OP_READ | OP_ACCEPT)) == 0 ? 0 : Epoll.IN;
            int out = (operations & (OP_WRITE | OP_CONNECT)) == 0 ? 0 : Epoll.OUT;
            return in | out;
        }

        /** With no events the descriptor is removed, because epoll would still report errors of it. */
        private void watch(int events) throws IOException {
            if (events == watched) {
                return;
            }
            if (events == 0) {
                epoll.delete(descriptor);
            } else if (watched == 0) {
                epoll.add(descriptor, events);
            } else {
                epoll.modify(descriptor, events);
            }
            watched = events;
        }

        /** Ignores errors: a descriptor that was closed elsewhere is no longer watched, either. */
        void unwatch() {
            try {
                watch(0);
            } catch (IOException e) {
                watched = 0;
            }
        }

        /** If the channel is broken, every operation is possible, and reports that. */
        boolean becomesReady(int events) {
            int in = (events & (Epoll.IN | Epoll.BROKEN)) == 0 ? 0 : OP_READ | OP_ACCEPT;
            int out = (events & (Epoll.OUT | Epoll.BROKEN)) == 0 ? 0 : OP_WRITE | OP_CONNECT;
            ready = (in | out) & interest;
            return ready != 0 && isValid();
        }
    }

    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int operations, @Nullable Object attachment) {
        Key key = new Key(channel);
        key.attach(attachment);
        if (key.descriptor >= keys.length) {
            keys = Arrays.copyOf(keys, Math.max(key.descriptor + 1, 2 * keys.length));
        }
        key.interestOps(operations);
        keys[key.descriptor] = key;
        return key;
    }

    @Override
    public Set<SelectionKey> keys() {
        return Arrays.stream(keys).filter(Objects::nonNull).collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
        throw new UnsupportedOperationException("keys are passed to an action: select(action, timeout)");
    }

    @Override
    public int selectNow() throws IOException {
        return selectNow(key -> {});
    }

    @Override
    public int select(long timeout) throws IOException {
        return select(key -> {}, timeout);
    }

    @Override
    public int select() throws IOException {
        return select(key -> {}, 0);
    }

    @Override
    public int selectNow(Consumer<SelectionKey> action) throws IOException {
        forgetCancelled();
        return report(action, epoll.await(0));
    }

    @Override
    public int select(Consumer<SelectionKey> action, long timeout) throws IOException {
        forgetCancelled();
        int events;
        try {
            begin();
            events = epoll.await(timeout == 0 ? -1 : (int) Math.min(timeout, Integer.MAX_VALUE));
        } finally {
            end();
        }
        forgetCancelled();
        return report(action, events);
    }

    private int report(Consumer<SelectionKey> action, int events) throws IOException {
        int reported = 0;
        for (int i = 0; i < events; i++) {
            int descriptor = epoll.descriptor(i);
            if (epoll.isWakeUp(descriptor)) {
                clearWakeUps();
                continue;
            }
            Key key = keys[descriptor];
            if (key != null && key.becomesReady(epoll.operations(i))) {
                action.accept(key);
                reported++;
            }
        }
        return reported;
    }

    @Override
    public Selector wakeup() {
        synchronized (wakeLock) {
            if (!woken) {
                epoll.wake();
                woken = true;
            }
        }
        return this;
    }

    private void clearWakeUps() throws IOException {
        synchronized (wakeLock) {
            epoll.clearWakeUps();
            woken = false;
        }
    }

    private void forgetCancelled() throws IOException {
        Set<SelectionKey> cancelled = cancelledKeys();
        synchronized (cancelled) {
            if (cancelled.isEmpty()) {
                return;
            }
            for (Iterator<SelectionKey> each = cancelled.iterator(); each.hasNext(); ) {
                Key key = (Key) each.next();
                each.remove(); // first, so that a failure is not repeated
                forget(key);
            }
        }
    }

    private void forget(Key key) throws IOException {
        keys[key.descriptor] = null;
        key.unwatch();
        deregister(key);
        if (!key.channel.isOpen() && !key.channel.isRegistered()) {
            JdkChannel.kill(key.channel);
        }
    }

    @Override
    protected void implCloseSelector() throws IOException {
        synchronized (wakeLock) {
            woken = true; // permanently, as the descriptor may soon be reused
        }
        try {
            keys().forEach(SelectionKey::cancel);
            forgetCancelled();
        } finally {
            epoll.close();
        }
    }
}
