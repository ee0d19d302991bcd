package dev.weft.supervisor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The children of a supervisor, in the order in which they are started, by id. Belongs to the supervisor's loop. */
final class Children {
    private final Map<String, Supervised> byId = new LinkedHashMap<>();

    void add(Supervised child) {
        byId.put(child.id(), child);
    }

    void remove(Supervised child) {
        byId.remove(child.id());
    }

    @Nullable Supervised find(String id) {
        return byId.get(id);
    }

    List<Supervised> inOrder() {
        return new ArrayList<>(byId.values());
    }

    /** Returns {@code first} and those after it. */
    List<Supervised> from(Supervised first) {
        List<Supervised> all = inOrder();
        return all.subList(all.indexOf(first), all.size());
    }

    boolean isEmpty() {
        return byId.isEmpty();
    }

    boolean hasActiveSignificant() {
        return byId.values().stream().anyMatch(child -> child.spec().isSignificant() && child.isActive());
    }

    @Override
    public String toString() {
        return byId.keySet().toString();
    }
}
