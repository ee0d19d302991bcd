package dev.weft.supervisor;

import dev.weft.Awaitable;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What a supervisor has to do, in order: its mailbox. An awaitable for the next thing. Belongs to the supervisor's loop. */
final class Agenda implements Awaitable<Runnable> {
    private final ArrayDeque<Runnable> items = new ArrayDeque<>();
    private final String supervisor;
    private @Nullable Waiter<? super Runnable> waiter;

    Agenda(String supervisor) {
        this.supervisor = supervisor;
    }

    void add(Runnable item) {
        Waiter<? super Runnable> waiting = waiter;
        if (waiting == null) {
            items.add(item);
        } else {
            waiter = null;
            waiting.succeed(item);
        }
    }

    /** Removes the next item; null if there is none. */
    @Nullable Runnable poll() {
        return items.poll();
    }

    @Override
    public void subscribe(Waiter<? super Runnable> subscriber) {
        Runnable next = items.poll();
        if (next == null) {
            waiter = subscriber;
        } else {
            subscriber.succeed(next);
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super Runnable> subscriber) {
        waiter = null;
        return true;
    }

    @Override
    public Owners owners() {
        return Owners.unknown(Owners.Kind.OTHER, this);
    }

    @Override
    public String toString() {
        return "news for supervisor " + supervisor;
    }
}
