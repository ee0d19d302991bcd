package dev.weft.diagnostics;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.kernel.GreenletTask;
import dev.weft.spi.Owners;
import org.jspecify.annotations.Nullable;

/** Who could end the wait of a greenlet, be it for an awaitable or inside code that is unaware of Weft. */
public final class WaitOwners {
    private WaitOwners() {}

    /** Returns who could end the wait that {@code greenlet} is in; null if it does not wait. Any thread; a snapshot. */
    public static @Nullable Owners of(GreenletTask<?> greenlet) {
        if (greenlet.state() != Greenlet.State.WAITING) {
            return null;
        }
        Awaitable<?> target = greenlet.awaited();
        try {
            return target == null ? greenlet.loop.owner.ownersInside(greenlet) : target.owners();
        } catch (RuntimeException changedMeanwhile) {
            return Owners.unknown(Owners.Kind.OTHER, target == null ? greenlet : target);
        }
    }
}
