package dev.weft.offload;

import dev.weft.Awaitable;
import dev.weft.kernel.GreenletTask;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A call that runs elsewhere for a greenlet, its owner, which waits for it. */
interface OwnedCall<T extends @Nullable Object> extends Awaitable<T> {
    GreenletTask<?> owner();

    /** Returns the owners of {@code calls}; empty unless each waits for its call. */
    static Collection<GreenletTask<?>> owners(Collection<? extends OwnedCall<?>> calls) {
        List<GreenletTask<?>> owners = new ArrayList<>(calls.size());
        for (OwnedCall<?> call : calls) {
            GreenletTask<?> owner = call.owner();
            if (owner.awaited() != call) {
                return List.of();
            }
            owners.add(owner);
        }
        return owners;
    }
}
