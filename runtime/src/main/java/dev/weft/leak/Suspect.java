package dev.weft.leak;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.diagnostics.WaitOwners;
import dev.weft.kernel.GreenletTask;
import dev.weft.spi.Owners;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A waiting greenlet that may be leaked, with what it waits for. The search finds its objects again in the heap dump through the
 * fields of this one.
 */
final class Suspect {
    private static final Set<Owners.Kind> UNLIMITED_OUTSIDE = Set.of(Owners.Kind.JDK, Owners.Kind.STAGE);

    final GreenletTask<?> greenlet;
    final long id;

    /** Whoever reaches one of these can end the wait; with those that it joins, all must be alive. */
    final Object[] awaited;

    final Owners owners;
    private final int since;

    private Suspect(GreenletTask<?> greenlet, Owners owners, List<Object> awaited) {
        this.greenlet = greenlet;
        this.owners = owners;
        this.awaited = awaited.toArray();
        id = greenlet.id();
        since = greenlet.waitingSince();
    }

    /** Returns {@code greenlet} as a suspect; null if it does not wait, or if its wait may be ended by what is not in the heap. */
    static @Nullable Suspect of(GreenletTask<?> greenlet) {
        Owners owners = greenlet.waitsWithoutLimit() ? WaitOwners.of(greenlet) : null;
        if (owners == null || owners.kind() == Owners.Kind.OTHER) {
            return null;
        }
        if (owners.rule() == Owners.Rule.OUTSIDE
                && (!UNLIMITED_OUTSIDE.contains(owners.kind())
                        || greenlet.thread().getState() == Thread.State.TIMED_WAITING
                        || owners.resource() == greenlet)) {
            return null;
        }
        List<Object> awaited = new ArrayList<>();
        return addAwaited(owners, awaited) ? new Suspect(greenlet, owners, awaited) : null;
    }

    /** Returns false if one of several alternatives may be ended by what is not in the heap. */
    private static boolean addAwaited(Owners owners, List<Object> awaited) {
        if (owners.kind() != Owners.Kind.SELECT) {
            awaited.add(owners.resource());
            return true;
        }
        for (Object member : owners.members()) {
            Owners alternative = ((Awaitable<?>) member).owners();
            if (alternative.rule() == Owners.Rule.OUTSIDE
                    || alternative.rule() == Owners.Rule.ALL
                    || alternative.kind() == Owners.Kind.OTHER
                    || !addAwaited(alternative, awaited)) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether it must wait for the end of others, and for nothing else. */
    boolean joins() {
        return owners.rule() == Owners.Rule.ALL;
    }

    /** Returns the numbers of those that it joins. */
    List<Long> joined() {
        return owners.members().stream()
                .map(member -> ((Greenlet<?>) member).thread().threadId())
                .toList();
    }

    /** Returns whether it is still in the same wait. */
    boolean isUnmoved() {
        return greenlet.state() == Greenlet.State.WAITING && greenlet.waitingSince() == since;
    }
}
