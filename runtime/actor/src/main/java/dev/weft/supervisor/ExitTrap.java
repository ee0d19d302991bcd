package dev.weft.supervisor;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Outcome;
import dev.weft.lowlevel.Suspension;
import dev.weft.sync.Channel;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Traps exits for a greenlet (Erlang's {@code process_flag(trap_exit, true)}): while it is open, the ends of {@linkplain Link
 * linked} greenlets, however they ended, do not kill their peer but are received here.
 *
 * <pre>{@code
 * try (ExitTrap exits = ExitTrap.open()) {
 *     Link.to(worker);
 *     Exit exit = exits.receive();
 * }
 * }</pre>
 *
 * <p>Only what comes along a link is trapped. A {@linkplain Greenlet#kill kill} is no message here, and cannot be: what a process
 * of OTP does on a trapped {@code shutdown}, a greenlet does in a {@code finally} block.
 *
 * <p>Belongs to the greenlet that opened it; others of its loop may receive from it too. Exits wait in it without limit.
 */
public final class ExitTrap implements AutoCloseable {
    static {
        Suspension.belongsToRuntime(ExitTrap.class);
    }

    private static final Map<Greenlet<?>, ExitTrap> OPEN =
            new ConcurrentHashMap<>(); // until closed, or until the greenlet ends

    private final Greenlet<?> owner;
    private final Channel<Exit> exits;
    private final Loop.Handle endOfOwner;

    private ExitTrap(Greenlet<?> owner) {
        this.owner = owner;
        exits = Channel.unbounded();
        endOfOwner = Suspension.whenEnded(owner, ended -> OPEN.remove(ended));
    }

    /**
     * Makes the calling greenlet trap exits.
     *
     * @throws IllegalStateException if it does so already, and outside greenlets
     */
    public static ExitTrap open() {
        Greenlet<?> caller = Greenlet.current();
        if (OPEN.containsKey(caller)) {
            throw new IllegalStateException(caller.name() + " traps exits already; use the trap that it has opened");
        }
        ExitTrap trap = new ExitTrap(caller);
        OPEN.put(caller, trap);
        return trap;
    }

    /** Delivers the exit of a linked greenlet. Called on the loop of {@code receiver}. */
    static void deliver(Exit exit, Greenlet<?> receiver) {
        ExitTrap trap = OPEN.get(receiver);
        if (trap != null) {
            trap.exits.trySend(exit);
        } else if (!exit.isNormal()) {
            receiver.kill(describe(exit), exit.reason().orElseThrow());
        }
    }

    private static String describe(Exit exit) {
        return "it is linked to " + exit.greenlet().name() + ", which "
                + (exit.outcome() instanceof Outcome.Failed<?> failed
                        ? "failed with " + failed.failure().getClass().getName()
                        : "was killed");
    }

    /** Waits for the next exit. */
    public Exit receive() {
        return exits.receive();
    }

    /**
     * As {@link #receive()}, for at most {@code timeout}.
     *
     * @throws dev.weft.DeadlineExceeded if the time is up
     */
    public Exit receive(Duration timeout) {
        return exits.receive(timeout);
    }

    /** Returns an awaitable for the next exit, for use in a select. */
    public Awaitable<Exit> receiving() {
        return exits.receiving();
    }

    /** Ends the trapping; exits that were not received are dropped. Must be called on its loop. */
    @Override
    public void close() {
        endOfOwner.close();
        OPEN.remove(owner, this);
        exits.close();
    }

    @Override
    public String toString() {
        return "exit trap of " + owner.name();
    }
}
