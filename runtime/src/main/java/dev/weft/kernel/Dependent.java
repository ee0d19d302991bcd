package dev.weft.kernel;

import java.util.Collection;

/** Something to be awaited that tells what has to go on before it can complete. */
public interface Dependent {
    /** Greenlets, or things {@link dev.weft.spi.Contended}: all have to go on. Empty if that is not known. */
    Collection<?> dependsOn();

    /** What stands between the waiter and those, for a report; empty if nothing does. */
    default String via() {
        return "";
    }
}
