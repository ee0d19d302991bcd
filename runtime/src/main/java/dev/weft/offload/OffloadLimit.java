package dev.weft.offload;

import dev.weft.kernel.Awaits;
import dev.weft.kernel.GreenletTask;
import dev.weft.spi.Owners;
import java.lang.ref.WeakReference;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** A limit on concurrent off-loaded calls of one kind. It tracks the calls that hold a permit. Any thread. */
public final class OffloadLimit {
    private static final Map<Semaphore, WeakReference<OffloadLimit>> ALL =
            Collections.synchronizedMap(new WeakHashMap<>()); // by identity, as semaphores do not override equals

    private final Semaphore permits;
    private final int total; // the best guess
    private final Set<OwnedCall<?>> holding = ConcurrentHashMap.newKeySet();

    private OffloadLimit(Semaphore permits) {
        this.permits = permits;
        total = permits.availablePermits();
    }

    /** Returns the limit for {@code permits}. */
    public static OffloadLimit of(Semaphore permits) {
        synchronized (ALL) {
            WeakReference<OffloadLimit> reference = ALL.get(permits);
            OffloadLimit known = reference == null ? null : reference.get();
            if (known == null) {
                known = new OffloadLimit(permits);
                ALL.put(permits, new WeakReference<>(known));
            }
            return known;
        }
    }

    /** Acquires a permit for {@code call}; yields while there is none. Must be called by the call's greenlet. */
    void acquire(OwnedCall<?> call) {
        if (!permits.tryAcquire()) {
            GreenletTask<?> waiting = call.owner();
            waiting.loop.owner.waitsInside(waiting, this::owners);
            try {
                Awaits.parkInside(permits, null, () -> {
                    permits.acquire();
                    return true;
                });
            } finally {
                waiting.loop.owner.waitsInside(waiting, null);
            }
        }
        try {
            holding.add(call);
        } catch (Throwable noMemory) {
            permits.release();
            throw noMemory;
        }
    }

    /** Releases the permit of {@code call}, which is over. */
    void release(OwnedCall<?> call) {
        holding.remove(call);
        permits.release();
    }

    /** The holders are known only if all permits are held by calls whose greenlets wait for them. */
    private Owners owners() {
        Collection<OwnedCall<?>> calls = Set.copyOf(holding);
        return Owners.holders(
                Owners.Kind.OFFLOAD, this, total == 0 || calls.size() < total ? List.of() : OwnedCall.owners(calls));
    }

    @Override
    public String toString() {
        return "a permit of " + permits;
    }
}
