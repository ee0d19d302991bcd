package dev.weft.supervisor;

import dev.weft.Awaitable;
import dev.weft.Weft;
import dev.weft.spi.Waiter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A restart that waits for its pause to be over, and then for its turn on the agenda. Belongs to the supervisor's loop. */
final class PendingRestart extends Waiter<@Nullable Void> implements Runnable {
    private final Agenda agenda;
    private @Nullable Runnable restart; // null once it has been cancelled
    private @Nullable Awaitable<@Nullable Void> timer; // set while it runs

    PendingRestart(Agenda agenda, Runnable restart) {
        this.agenda = agenda;
        this.restart = restart;
    }

    void begin(long pauseNanos) {
        if (pauseNanos == 0) {
            agenda.add(this);
        } else {
            Awaitable<@Nullable Void> pause = Weft.timer(Duration.ofNanos(pauseNanos));
            timer = pause;
            pause.subscribe(this);
        }
    }

    @Override
    public void succeed(@Nullable Void nothing) {
        timer = null;
        agenda.add(this);
    }

    @Override
    public void fail(Throwable failure) {
        throw new AssertionError("a timer does not fail", failure);
    }

    @Override
    public void run() {
        if (restart != null) {
            restart.run();
        }
    }

    void cancel() {
        restart = null;
        if (timer != null) {
            timer.unsubscribe(this);
            timer = null;
        }
    }
}
