package dev.weft.diagnostics;

import dev.weft.kernel.GreenletTask;
import java.util.function.Consumer;

/** The greenlets of a group that have not ended, as other threads see them while the loops run. */
public interface Population {
    /** Calls {@code visitor} for each greenlet, in no order, possibly twice for one that moves meanwhile. Any thread. */
    void forEach(Consumer<GreenletTask<?>> visitor);
}
