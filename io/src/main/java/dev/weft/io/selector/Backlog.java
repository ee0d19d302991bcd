package dev.weft.io.selector;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/** The channels that a selector has reported and the poller has not passed on yet. Confined to the loop's thread. */
final class Backlog implements Consumer<SelectionKey> {
    private final ArrayDeque<SelectedChannel> ready = new ArrayDeque<>();

    /** Called by the selector. */
    @Override
    public void accept(SelectionKey key) {
        try {
            SelectedChannel channel = (SelectedChannel) key.attachment();
            channel.noteReady(key.readyOps());
            ready.addLast(channel);
        } catch (CancelledKeyException e) {
            // The channel was closed in this iteration; its waiters have been notified.
        }
    }

    boolean isEmpty() {
        return ready.isEmpty();
    }

    /** Passes on the next portion and returns its size. {@code hadSlept}: no greenlet has run since a select that could block. */
    int reportPortion(boolean hadSlept) {
        int reported = 0;
        SelectedChannel next;
        while (reported < SelectorPoller.PORTION && (next = ready.pollFirst()) != null) {
            next.report(hadSlept);
            reported++;
        }
        return reported;
    }

    void clear() {
        ready.clear();
    }
}
