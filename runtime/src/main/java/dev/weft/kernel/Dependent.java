package dev.weft.kernel;

import java.util.Collection;

/** An awaitable that tells what must proceed before it can complete. */
public interface Dependent {
    /** Greenlets, or {@link dev.weft.spi.Contended} resources, all of which must proceed. Empty if not known. */
    Collection<?> dependsOn();

    /** Describes, for a report, what lies between the waiter and those; empty if nothing does. */
    default String via() {
        return "";
    }
}
