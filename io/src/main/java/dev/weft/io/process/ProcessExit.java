package dev.weft.io.process;

import dev.weft.Awaitable;
import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Owners;
import dev.weft.spi.WaitQueue;
import dev.weft.spi.Waiter;
import org.jspecify.annotations.Nullable;

/**
 * An awaitable for the exit of a process. Waiting does not allocate, and any number of greenlets may wait. Belongs to the loop.
 */
final class ProcessExit implements Awaitable<Integer> {
    private final Loop home;
    private final String description;
    private final Loop.Handle alive; // because the exit is reported by the JDK's reaper thread
    private final WaitQueue<Integer> waiting = new WaitQueue<>();
    private @Nullable Integer status;

    private ProcessExit(Loop home, String description) {
        this.home = home;
        this.description = description;
        alive = home.keepAlive();
    }

    /** Returns an awaitable for the exit of {@code process}, for greenlets of the calling loop. */
    static ProcessExit of(Process process, String description) {
        ProcessExit exit = new ProcessExit(Loop.current(), description);
        process.onExit().thenAccept(ended -> exit.report(ended.exitValue()));
        return exit;
    }

    /** Reports the exit to the home loop. Any thread. */
    private void report(int exitValue) {
        alive.close();
        Suspension.tell(home, () -> complete(exitValue));
    }

    private void complete(int exitValue) {
        status = exitValue;
        Waiter<? super Integer> waiter;
        while ((waiter = waiting.poll()) != null) {
            waiter.succeed(exitValue);
        }
    }

    @Override
    public void subscribe(Waiter<? super Integer> waiter) {
        Suspension.requireLoop(home, this);
        if (status != null) {
            waiter.succeed(status);
        } else {
            waiting.add(waiter);
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super Integer> waiter) {
        waiting.remove(waiter);
        return true;
    }

    @Override
    public Owners owners() {
        return Owners.outside(Owners.Kind.OTHER, this);
    }

    @Override
    public String toString() {
        return "the exit of " + description;
    }
}
