package dev.weft.diagnostics;

import dev.weft.kernel.GreenletTask;
import java.util.function.Predicate;
import org.agrona.collections.Long2ObjectHashMap;
import org.agrona.collections.LongHashSet;
import org.jspecify.annotations.Nullable;

/**
 * The living greenlets of a group by their numbers, and who descends from whom. What a greenlet creates can be known to itself,
 * and to those that it has spawned, and so on; hence a presumption about a resource needs that none of these is free.
 */
final class Ancestry {
    private final Population population;
    private @Nullable Long2ObjectHashMap<GreenletTask<?>> alive; // taken when first needed

    Ancestry(Population population) {
        this.population = population;
    }

    private Long2ObjectHashMap<GreenletTask<?>> alive() {
        Long2ObjectHashMap<GreenletTask<?>> known = alive;
        if (known == null) {
            Long2ObjectHashMap<GreenletTask<?>> taken = new Long2ObjectHashMap<>();
            population.forEach(greenlet -> taken.put(greenlet.id(), greenlet));
            alive = taken;
            known = taken;
        }
        return known;
    }

    /** Returns the greenlet of the number {@code id}; null if it has ended. */
    @Nullable GreenletTask<?> find(long id) {
        return alive().get(id);
    }

    /** Returns whether {@code greenlet} is the one of the number {@code ancestor} or is known to descend from it. */
    boolean descends(GreenletTask<?> greenlet, long ancestor) {
        GreenletTask<?> next = greenlet;
        while (next != null && next.id() > ancestor) {
            long spawner = next.spawner();
            if (spawner == ancestor) {
                return ancestor != 0;
            }
            next = find(spawner);
        }
        return next != null && next.id() == ancestor;
    }

    /** Returns all that are {@code free}, with those that they descend from. Greenlets of the runtime are left out. */
    Relatives relatives(Predicate<GreenletTask<?>> free) {
        Relatives relatives = new Relatives();
        alive().values().forEach(greenlet -> {
            if (!greenlet.callsUsers() && free.test(greenlet)) {
                relatives.add(greenlet);
            }
        });
        return relatives;
    }

    /** Free greenlets and their ancestors. */
    final class Relatives {
        private final LongHashSet known = new LongHashSet();
        private long
                latestEnded; // the greatest number of an ancestor that has ended, whose own ancestors are forgotten

        private void add(GreenletTask<?> greenlet) {
            GreenletTask<?> next = greenlet;
            while (next != null && known.add(next.id())) {
                long spawner = next.spawner();
                next = find(spawner);
                if (next == null) {
                    latestEnded = Math.max(latestEnded, spawner);
                }
            }
        }

        /** Returns whether one of them may know what the greenlet of the number {@code creator} has created. */
        boolean mayKnow(long creator) {
            return creator <= latestEnded || known.contains(creator);
        }
    }
}
