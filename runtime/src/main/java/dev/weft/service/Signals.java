package dev.weft.service;

import dev.weft.Awaitable;
import dev.weft.Loop;
import dev.weft.sync.Channel;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The signals that the process receives, as values of a channel. While it is open, they do not end the JVM.
 *
 * <pre>{@code
 * try (Signals signals = Signals.open(Signal.HUP)) {
 *     for (Signal hangUp : signals) configuration.reload();
 * }
 * }</pre>
 *
 * <p>There may be several: each gets every signal it was opened for. When the last one for a signal is closed, the handler that
 * was there before is put back; for SIGTERM, SIGINT and SIGHUP that is the JVM's, which runs the shutdown hooks and exits. As
 * the operating system does, it merges signals that nobody takes: at most {@value #PENDING} wait.
 *
 * <p>It lives on a loop and is used like a {@link Channel} of that loop: by greenlets of every loop, and by threads, which
 * block. A signal reaches it by a thread of the JVM and a wake-up of the loop.
 *
 * <p>What the JVM restricts:
 *
 * <ul>
 *   <li>It uses SIGQUIT for thread dumps and others for itself; therefore only the signals of {@link Signal} are offered. Windows
 *       has only SIGINT and SIGTERM.
 *   <li>Started with {@code -Xrs}, it does not pass on any of them; {@code open} throws.
 *   <li>If the parent process made it ignore a signal, as {@code nohup} does with SIGHUP and some shells do with SIGINT for
 *       background jobs, the signal never arrives. {@link #isIgnored} tells.
 *   <li>Shutdown hooks do not run because of a signal that is taken here. They run when the program calls {@link System#exit},
 *       or when its last thread ends.
 *   <li>SIGKILL cannot be handled by anybody.
 * </ul>
 *
 * <p>It uses {@code sun.misc.Signal}, of the module {@code jdk.unsupported}, which has no supported equivalent.
 */
public final class Signals implements Iterable<Signal>, AutoCloseable {
    private static final int PENDING = 16;

    private final Set<Signal> wanted;
    private final Channel<Signal> received;
    private final Consumer<Signal> listener = this::arrived;

    private Signals(Loop home, Set<Signal> wanted) {
        this.wanted = wanted;
        received = Channel.on(home).droppingNewest(PENDING);
    }

    /**
     * Begins to receive the given signals on the caller's loop; with none given, all of them.
     *
     * @throws IllegalStateException outside any loop; name one with {@link #on}
     * @throws UnsupportedOperationException if the JVM does not pass a signal on; the message says why
     */
    public static Signals open(Signal... signals) {
        return on(Loop.current(), signals);
    }

    /** As {@link #open}, on {@code home}. Any thread. */
    public static Signals on(Loop home, Signal... signals) {
        Set<Signal> wanted = signals.length == 0 ? EnumSet.allOf(Signal.class) : EnumSet.copyOf(Set.of(signals));
        Signals opened = new Signals(Objects.requireNonNull(home, "home"), wanted);
        opened.listen();
        return opened;
    }

    private void listen() {
        try {
            wanted.forEach(signal -> SignalListeners.add(signal, listener));
        } catch (UnsupportedOperationException e) {
            close();
            throw e;
        }
    }

    private void arrived(Signal signal) {
        try {
            received.trySend(signal);
        } catch (IllegalStateException | RejectedExecutionException e) {
            // It, or its loop, was closed as the signal came.
        }
    }

    /** Waits for the next signal. @throws dev.weft.sync.EndOfChannel if this is closed */
    public Signal receive() {
        return received.receive();
    }

    /**
     * As {@link #receive()}, for at most {@code timeout}, or without limit if it is null.
     *
     * @throws dev.weft.DeadlineExceeded if the time is up
     */
    public Signal receive(@Nullable Duration timeout) {
        return received.receive(timeout);
    }

    /** Returns an awaitable for the next signal, for use in a select. */
    public Awaitable<Signal> receiving() {
        return received.receiving();
    }

    /** Receives until this is closed. */
    @Override
    public Iterator<Signal> iterator() {
        return received.iterator();
    }

    /** Returns whether the process ignores {@code signal}, so that it never arrives here. */
    public boolean isIgnored(Signal signal) {
        return SignalListeners.isIgnored(signal);
    }

    /** Stops receiving; signals that are pending can still be received. Any thread; closing again has no effect. */
    @Override
    public void close() {
        wanted.forEach(signal -> SignalListeners.remove(signal, listener));
        received.close();
    }

    @Override
    public String toString() {
        return "signals " + wanted;
    }
}
