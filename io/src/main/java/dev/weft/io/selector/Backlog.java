package dev.weft.io.selector;

import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.util.ArrayDeque;
import java.util.function.Consumer;

/** What a selector has reported and its poller has not passed on yet. Belongs to the loop's thread. */
final class Backlog implements Consumer<SelectionKey> {
    private final ArrayDeque<SelectedChannel> ready = new ArrayDeque<>();

    /** From the selector. */
    @Override
    public void accept(SelectionKey key) {
        try {
            SelectedChannel channel = (SelectedChannel) key.attachment();
            channel.noteReady(key.readyOps());
            ready.addLast(channel);
        } catch (CancelledKeyException e) {
            // It was closed in this turn; its waiters have been told.
        }
    }

    boolean isEmpty() {
        return ready.isEmpty();
    }

    /** Passes the next portion on; {@code hadSlept}: no greenlet has run since the selector was asked. Returns how many. */
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
