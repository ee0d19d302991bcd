package dev.weft.diagnostics;

import dev.weft.kernel.GreenletTask;
import dev.weft.spi.Owners;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node of a {@link WaitGraph}: a waiting greenlet, a resource with its holders, or one alternative of a select. */
final class WaitNode {
    final Owners owners;

    /** The greenlet that waits; null for what lies between greenlets. */
    final @Nullable GreenletTask<?> greenlet;

    /** When it began to wait, in ticks of its loop. */
    final int since;

    /** Those that could end the wait. */
    final List<WaitNode> needs = new ArrayList<>();

    /** Its wait may end, as far as is known. */
    boolean isFree;

    /** Whoever could end the wait, others could too: never stuck. */
    boolean hasUnknownOwners;

    private final List<WaitNode> neededBy = new ArrayList<>();
    private int stuckNeeds;

    WaitNode(Owners owners, @Nullable GreenletTask<?> greenlet) {
        this.owners = owners;
        this.greenlet = greenlet;
        since = greenlet == null ? 0 : greenlet.waitingSince();
    }

    void need(WaitNode other) {
        needs.add(other);
        other.neededBy.add(this);
    }

    boolean isPresumption() {
        return owners.rule() == Owners.Rule.RECENT;
    }

    /** Prepares a search; until it is told otherwise, all its needs are stuck. */
    void reset() {
        isFree = false;
        stuckNeeds = needs.size();
    }

    /** Returns whether it is free by itself. */
    boolean startsFree(boolean presume) {
        return hasUnknownOwners || needs.isEmpty() || (isPresumption() && !presume);
    }

    /** One of its needs has turned out to be free. Returns whether that frees this one. */
    boolean needIsFree() {
        stuckNeeds--;
        return !isFree && (owners.rule() != Owners.Rule.ALL || stuckNeeds == 0);
    }

    List<WaitNode> neededBy() {
        return neededBy;
    }
}
