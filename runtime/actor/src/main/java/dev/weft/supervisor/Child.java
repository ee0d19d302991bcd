package dev.weft.supervisor;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Something that runs, as its supervisor sees it: it has an end, can be asked to stop, and can be killed. A {@link Supervisor} is
 * one, a greenlet becomes one by {@link #of(Greenlet)}, and anything else by {@link #of(Awaitable, Consumer, Runnable)}:
 *
 * <pre>{@code
 * Process process = new ProcessBuilder("redis-server").start();
 * Child.of(Weft.completion(process.onExit()), grace -> process.destroy(), process::destroyForcibly);
 * }</pre>
 *
 * <p>For one run: after a restart there is another one. The methods are called on the supervisor's loop.
 */
public interface Child {
    /**
     * Returns its end: completes with any value if it ended normally, and fails with the reason otherwise, which is a {@link
     * dev.weft.Cancelled} if it was stopped. Waited for once.
     */
    Awaitable<?> end();

    /**
     * Asks it to end in order within {@code grace}, and returns at once. When the grace is over, the supervisor calls {@link
     * #kill}. May be called again.
     *
     * @param grace zero or more; 292 years if there is no limit
     */
    void stop(Duration grace);

    /** Ends it as soon as possible, and returns at once. May be called again, and after the end. */
    void kill();

    /** Returns {@code greenlet} as a child. It is stopped by a kill, and killed {@linkplain Greenlet#killForcibly forcibly}. */
    static Child of(Greenlet<?> greenlet) {
        return new GreenletChild(Objects.requireNonNull(greenlet, "greenlet"));
    }

    /** Returns a child of these parts, each of which does what the method of that name says. */
    static Child of(Awaitable<?> end, Consumer<? super Duration> stop, Runnable kill) {
        return new AssembledChild(
                Objects.requireNonNull(end, "end"),
                Objects.requireNonNull(stop, "stop"),
                Objects.requireNonNull(kill, "kill"));
    }
}
