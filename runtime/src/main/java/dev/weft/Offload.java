package dev.weft;

import dev.weft.offload.OffloadLimit;
import dev.weft.offload.OffloadTerms;
import dev.weft.offload.OffloadTerms.WhenCancelled;
import dev.weft.offload.Offloading;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * {@link Weft#offload} on other terms. Immutable; one per kind of call may be kept and used by all loops.
 *
 * <pre>{@code
 * static final Offload LOOK_UPS = Offload.abandoning().limit(new Semaphore(8, true));
 * ...
 * InetAddress address = LOOK_UPS.call(() -> InetAddress.getByName(host));
 * }</pre>
 */
public final class Offload {
    private static final Offload WAITING = new Offload(OffloadTerms.DEFAULT);
    private static final Offload ABANDONING = new Offload(new OffloadTerms(WhenCancelled.INTERRUPT_AND_LEAVE, null));
    private static final Offload UNINTERRUPTED = new Offload(new OffloadTerms(WhenCancelled.WAIT, null));

    private final OffloadTerms terms;

    private Offload(OffloadTerms terms) {
        this.terms = terms;
    }

    /** The terms of {@link Weft#offload}: a cancelled caller interrupts the call, and waits until it has come back. */
    public static Offload waiting() {
        return WAITING;
    }

    /**
     * A cancelled caller interrupts the call and leaves at once. The call may go on for a while, which nobody hears of: for
     * what changes nothing and may be deaf to interrupts, such as a look-up of a name.
     */
    public static Offload abandoning() {
        return ABANDONING;
    }

    /**
     * A cancelled caller waits until the call has come back, and does not interrupt it; its result is kept. For short calls
     * that an interrupt would harm, such as those on a {@link java.nio.channels.FileChannel}, which it closes.
     */
    public static Offload uninterrupted() {
        return UNINTERRUPTED;
    }

    /**
     * As this, for calls of a kind of which there may only be so many at a time, in the whole JVM if need be. A permit is
     * taken by the greenlet, which yields while it waits, in the order of arrival if the semaphore is fair; it is given
     * back when the call has really ended, abandoned or not.
     */
    public Offload limit(Semaphore permits) {
        return new Offload(
                new OffloadTerms(terms.whenCancelled(), OffloadLimit.of(Objects.requireNonNull(permits, "permits"))));
    }

    /** Runs {@code call} on a thread of the group's pool and waits for it; for greenlets. */
    public <T extends @Nullable Object> T call(Callable<T> call) {
        return Offloading.blocking(Objects.requireNonNull(call, "call"), terms);
    }
}
