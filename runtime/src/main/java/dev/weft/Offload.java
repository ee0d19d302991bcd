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
 * A variant of {@link Weft#offload} with another cancellation policy or a limit on concurrency. Immutable; an instance may
 * be kept for each kind of call and shared by all loops.
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

    /** Returns the policy of {@link Weft#offload}: a cancelled caller interrupts the call and waits until it has returned. */
    public static Offload waiting() {
        return WAITING;
    }

    /**
     * Returns a policy in which a cancelled caller interrupts the call and returns at once. The call may continue for a
     * while, and its outcome is dropped. For calls that have no side effects and may ignore interrupts, such as a name
     * look-up.
     */
    public static Offload abandoning() {
        return ABANDONING;
    }

    /**
     * Returns a policy in which a cancelled caller does not interrupt the call, but waits until it has returned, and keeps
     * its result. For short calls that an interrupt would harm, as with a {@link java.nio.channels.FileChannel}, which it
     * closes.
     */
    public static Offload uninterrupted() {
        return UNINTERRUPTED;
    }

    /**
     * Returns a copy with a limit on the number of concurrent calls, which can be shared across the JVM. The greenlet
     * acquires a permit, and yields while it waits for one, in the order of arrival if the semaphore is fair. The permit is
     * released when the call has really ended, abandoned or not.
     */
    public Offload limit(Semaphore permits) {
        return new Offload(
                new OffloadTerms(terms.whenCancelled(), OffloadLimit.of(Objects.requireNonNull(permits, "permits"))));
    }

    /** Runs {@code call} on a thread of the group's pool and waits for it. Must be called by a greenlet. */
    public <T extends @Nullable Object> T call(Callable<T> call) {
        return Offloading.blocking(Objects.requireNonNull(call, "call"), terms);
    }
}
