package dev.weft.cluster;

import dev.weft.cluster.transport.NodeId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Decides who has a name: the part of the oldest node of a view. The first that it knows of has it. It begins with what its node
 * knows of the decisions of its predecessor. New claims wait until all nodes of the view have told what they have, so that whoever
 * has a name keeps it through a merge if only one side has given it away.
 *
 * <p>While another node is the oldest it only keeps the claims, as those who send them may see a new view earlier than it does.
 * Confined to the home loop.
 */
final class Registrar {
    private final Map<Claimant, Map<String, Claim>> claims = new LinkedHashMap<>();
    private Set<NodeId> members = Set.of(); // of the view
    private @Nullable Map<String, Binding> bindings; // null while another node decides

    /**
     * What a node wants.
     *
     * @param isNew whether it has not been granted by a predecessor
     */
    private record Claim(Binding binding, boolean isNew) {}

    /** Begins to decide; {@code known} is what has been decided. */
    void begin(Map<String, Binding> known) {
        bindings = new LinkedHashMap<>(known);
        for (Claimant claimant : claimants()) {
            begin(bindings, claimant);
        }
        decide();
    }

    /** Another node decides now. */
    void end() {
        bindings = null;
    }

    /** The view has these nodes now. */
    void members(Set<NodeId> now) {
        members = now;
        decide();
    }

    /** A node tells all that it has. */
    void claimAll(Claimant claimant, Map<String, Binding> all) {
        Map<String, Claim> own = new LinkedHashMap<>();
        all.forEach((name, binding) -> own.put(name, new Claim(binding, false)));
        claims.put(claimant, own);
        if (bindings != null) {
            begin(bindings, claimant);
            decide();
        }
    }

    private void begin(Map<String, Binding> table, Claimant claimant) {
        for (String name : namesOf(table, claimant)) {
            if (!claimsOf(claimant).containsKey(name)) {
                unbind(table, name);
            }
        }
        claimant.table(table);
    }

    /** A node claims a name, or gives the name that it has another target. */
    void claim(Claimant claimant, String name, Binding binding) {
        if (claims.containsKey(claimant)) { // else it will tell all
            claimsOf(claimant).put(name, new Claim(binding, true));
            decide();
        }
    }

    /** Decides what can be decided. */
    private void decide() {
        if (bindings != null) {
            decide(bindings, claim -> !claim.isNew());
            Set<NodeId> told = claims.keySet().stream().map(Claimant::id).collect(Collectors.toSet());
            boolean allHaveTold = told.containsAll(members);
            decide(bindings, claim -> allHaveTold);
        }
    }

    private void decide(Map<String, Binding> table, Predicate<Claim> isDue) {
        for (Claimant claimant : claimants()) {
            for (String name : new ArrayList<>(claimsOf(claimant).keySet())) {
                Claim claim = claimsOf(claimant).get(name);
                if (claim != null && !claim.binding().equals(table.get(name))) {
                    decide(table, claimant, name, claim, isDue.test(claim));
                }
            }
        }
    }

    private void decide(Map<String, Binding> table, Claimant claimant, String name, Claim claim, boolean isDue) {
        Binding holder = table.get(name);
        if (holder != null && !holder.node().equals(claimant.id())) {
            claimsOf(claimant).remove(name);
            claimant.refused(name, claim.binding().claim(), holder);
        } else if (holder != null || isDue) {
            table.put(name, claim.binding());
            tellAll(each -> each.bound(name, claim.binding()));
        }
    }

    /** A node gives a name back. */
    void release(Claimant claimant, String name) {
        if (claimsOf(claimant).remove(name) != null
                && bindings != null
                && namesOf(bindings, claimant).contains(name)) {
            unbind(bindings, name);
            decide();
        }
    }

    /** A node is lost, or asks another one now. */
    void leave(Claimant claimant) {
        claims.remove(claimant);
        if (bindings != null) {
            for (String name : namesOf(bindings, claimant)) {
                unbind(bindings, name);
            }
            decide();
        }
    }

    private Map<String, Claim> claimsOf(Claimant claimant) {
        return claims.getOrDefault(claimant, new LinkedHashMap<>());
    }

    private static List<String> namesOf(Map<String, Binding> table, Claimant claimant) {
        return table.entrySet().stream()
                .filter(entry -> entry.getValue().node().equals(claimant.id()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private void unbind(Map<String, Binding> table, String name) {
        table.remove(name);
        tellAll(each -> each.unbound(name));
    }

    private List<Claimant> claimants() {
        return new ArrayList<>(claims.keySet());
    }

    private void tellAll(Consumer<Claimant> news) {
        claimants().forEach(news);
    }
}
