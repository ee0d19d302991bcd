package dev.weft.io.epoll;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.AbstractSelectableChannel;
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
 * A selector based on epoll that handles events in small batches, so that the data that a batch has touched, in the kernel and in
 * the JVM, is still in the CPU caches when its greenlets run. The JDK's selector takes up to 1,024 events at a time.
 *
 * <p>It is confined to one thread, except for {@link #wakeup}; any thread may close channels. Ready keys are passed to an action
 * and not collected. Changes to a key's interest set take effect immediately, and throw {@link java.io.UncheckedIOException} if the
 * kernel refuses. {@link #keys} returns a snapshot. Otherwise it behaves like the JDK's selector: a channel's descriptor is released
 * by the first select after the close.
 */
public final class EpollSelector extends AbstractSelector {
    private static final int BATCH = 64;

    private final Epoll epoll = new Epoll(BATCH);
    private final SocketCalls calls = new SocketCalls();
    private final WakeUps wakeUps = new WakeUps();
    private @Nullable EpollKey[] keys = new EpollKey[64]; // by descriptor

    private EpollSelector() throws IOException {
        super(SelectorProvider.provider());
    }

    /** Returns whether {@link #open} works on this system and in this JVM. Loads no class that only it needs. */
    public static boolean isAvailable() {
        Module module = EpollSelector.class.getModule();
        return isSupportedPlatform()
                && Object.class.getModule().isExported("sun.nio.ch", module)
                && module.isNativeAccessEnabled();
    }

    private static boolean isSupportedPlatform() {
        String architecture = System.getProperty("os.arch");
        return System.getProperty("os.name").equals("Linux")
                && (architecture.equals("amd64") || architecture.equals("aarch64"));
    }

    /**
     * Opens a selector.
     *
     * @throws IOException if the operating system refuses, for example because no file descriptors are left
     * @throws dev.weft.MissingFlag if this JVM was started without the required flags
     * @throws UnsupportedOperationException if the platform is not Linux on x86-64 or AArch64
     */
    public static Selector open() throws IOException {
        if (!isSupportedPlatform()) {
            throw new UnsupportedOperationException(
                    "the epoll selector requires Linux on amd64 or aarch64, but this is "
                            + System.getProperty("os.name") + " on " + System.getProperty("os.arch")
                            + "; remove -Dweft.io.selector=epoll");
        }
        JdkChannel.require();
        return new EpollSelector();
    }

    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int operations, @Nullable Object attachment) {
        EpollKey key = channel instanceof SocketChannel
                ? new EpollSocketKey(this, channel, epoll, calls)
                : new EpollKey(this, channel, epoll);
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
        throw new UnsupportedOperationException("ready keys are passed to an action; use select(action, timeout)");
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
                wakeUps.permit();
                continue;
            }
            EpollKey key = keys[descriptor];
            if (key != null && key.becomesReady(epoll.operations(i))) {
                action.accept(key);
                reported++;
            }
        }
        return reported;
    }

    @Override
    public Selector wakeup() {
        if (wakeUps.begin()) {
            try {
                epoll.wake();
            } finally {
                wakeUps.end();
            }
        }
        return this;
    }

    private void forgetCancelled() throws IOException {
        Set<SelectionKey> cancelled = cancelledKeys();
        synchronized (cancelled) {
            if (cancelled.isEmpty()) {
                return;
            }
            for (Iterator<SelectionKey> each = cancelled.iterator(); each.hasNext(); ) {
                EpollKey key = (EpollKey) each.next();
                each.remove(); // before forget, so that a failure is not repeated
                forget(key);
            }
        }
    }

    private void forget(EpollKey key) throws IOException {
        keys[key.descriptor] = null;
        key.unwatch();
        deregister(key);
        if (!key.channel().isOpen() && !key.channel().isRegistered()) {
            JdkChannel.kill(key.channel());
        }
    }

    @Override
    protected void implCloseSelector() throws IOException {
        wakeUps.close();
        try {
            for (SelectionKey key : keys()) {
                key.cancel();
                forget((EpollKey) key); // another thread that cancels it may not have noted that yet
            }
        } finally {
            epoll.close();
        }
    }
}
