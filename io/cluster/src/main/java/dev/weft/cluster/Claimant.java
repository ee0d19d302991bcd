package dev.weft.cluster;

import dev.weft.cluster.transport.NodeId;
import java.util.Map;

/** A node that claims names, as the {@link Registrar} sees it. */
interface Claimant {
    NodeId id();

    /** All names that are taken. Told first, and after that each change. */
    void table(Map<String, Binding> bindings);

    /** A name is taken now, perhaps by this one. */
    void bound(String name, Binding binding);

    /** A name is free now. */
    void unbound(String name);

    /** Its claim is refused, or what it had is lost to another one. */
    void refused(String name, long claim, Binding holder);
}
