package dev.weft.io.selector;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelectionKey;
import java.nio.channels.spi.AbstractSelector;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A selector over a real one that counts what is done to it, and lies when it is told to. */
public final class ScriptedSelector extends AbstractSelector {
    /** How often a select that may wait was called. */
    final AtomicLong selects = new AtomicLong();

    /** How often it returned nothing. */
    final AtomicLong empty = new AtomicLong();

    /** How often a channel was registered, or the operations of a key were changed. */
    final AtomicLong changes = new AtomicLong();

    private final Selector real;
    private final Set<SelectionKey> keys = ConcurrentHashMap.newKeySet();
    private volatile boolean blind;
    private volatile boolean refusing;
    private volatile int spurious;

    public ScriptedSelector() throws IOException {
        super(java.nio.channels.spi.SelectorProvider.provider());
        real = Selector.open();
    }

    /** From now on a select returns at once, with nothing, and does not look. */
    public void goBlind() {
        blind = true;
        real.wakeup();
    }

    /** The next select reports {@code operations} on every key, whether they are possible or not. */
    public void reportOnce(int operations) {
        spurious = operations;
        real.wakeup();
    }

    /** From now on it watches nothing new, as a selector whose system refuses. */
    public void refuse() {
        refusing = true;
    }

    /** It watches again. */
    public void allow() {
        refusing = false;
    }

    private void count() {
        if (refusing) {
            throw new UncheckedIOException(new IOException("too many watched files"));
        }
        changes.incrementAndGet();
    }

    /** A key of this selector, over one of the real one. */
    private final class Key extends AbstractSelectionKey {
        private final SelectionKey over;

        Key(SelectionKey over) {
            this.over = over;
        }

        @Override
        public SelectableChannel channel() {
            return over.channel();
        }

        @Override
        public Selector selector() {
            return ScriptedSelector.this;
        }

        @Override
        public int interestOps() {
            return over.interestOps();
        }

        @Override
        public SelectionKey interestOps(int operations) {
            count();
            over.interestOps(operations);
            return this;
        }

        @Override
        public int readyOps() {
            int lie = spurious;
            return lie == 0 ? over.readyOps() : lie;
        }
    }

    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int operations, Object attachment) {
        count();
        try {
            Key key = new Key(channel.register(real, operations, attachment));
            key.attach(attachment);
            keys.add(key);
            return key;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public Set<SelectionKey> keys() {
        return keys;
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
        return real.selectedKeys();
    }

    @Override
    public int select(Consumer<SelectionKey> action, long timeout) throws IOException {
        selects.incrementAndGet();
        forgetCancelled();
        int events = blind ? 0 : real.select(action, timeout) + lie(action);
        if (events == 0) {
            empty.incrementAndGet();
        }
        return events;
    }

    @Override
    public int selectNow(Consumer<SelectionKey> action) throws IOException {
        forgetCancelled();
        return blind ? 0 : real.selectNow(action) + lie(action);
    }

    private int lie(Consumer<SelectionKey> action) {
        int told = 0;
        if (spurious != 0) {
            for (SelectionKey key : keys) {
                action.accept(key);
                told++;
            }
            spurious = 0;
        }
        return told;
    }

    private void forgetCancelled() {
        Set<SelectionKey> cancelled = cancelledKeys();
        synchronized (cancelled) {
            for (SelectionKey key : new HashSet<>(cancelled)) {
                forget((Key) key);
            }
            cancelled.clear();
        }
    }

    private void forget(Key key) {
        keys.remove(key);
        key.over.cancel();
        deregister(key);
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
        return select(0);
    }

    @Override
    public Selector wakeup() {
        real.wakeup();
        return this;
    }

    @Override
    protected void implCloseSelector() throws IOException {
        for (SelectionKey key : new HashSet<>(keys)) {
            forget((Key) key);
        }
        real.close();
    }
}
