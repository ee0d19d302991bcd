package dev.weft.observe;

import dev.weft.diagnostics.WaitOwners;
import dev.weft.kernel.GreenletTask;
import dev.weft.spi.Measured;
import dev.weft.spi.Owners;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.agrona.collections.LongHashSet;

/** Counts the greenlets of a group, lists those that match a query, and what they wait for. */
final class Census {
    private static final int MOST_SITES = 1_000;
    private static final int MOST_RESOURCES = 1_000;
    private static final int MOST_STACKS = 100;

    private final Query query;
    private final Waits waits;
    private final LongHashSet seen = new LongHashSet();
    private final List<GreenletSnapshot> listed = new ArrayList<>();
    private final Map<Site, Count> sites = new HashMap<>();
    private final IdentityHashMap<Object, Waiting> resources = new IdentityHashMap<>();
    private int alive;
    private int matched;

    private record Site(String spawnSite, String state, String kind) {}

    private static final class Count {
        private final String what;
        private int greenlets;
        private long oldestNanos;

        Count(String what) {
            this.what = what;
        }
    }

    private static final class Waiting {
        private final Owners owners;
        private int greenlets;

        Waiting(Owners owners) {
            this.owners = owners;
        }
    }

    Census(Query query, Waits waits) {
        this.query = query;
        this.waits = waits;
    }

    void add(GreenletTask<?> greenlet) {
        if (!seen.add(greenlet.id())) {
            return;
        }
        alive++;
        Owners owners = WaitOwners.of(greenlet);
        GreenletSnapshot found = waits.describe(greenlet, owners, false);
        if (!query.matches(found)) {
            return;
        }
        matched++;
        if (matched <= query.aggregateAbove()) {
            listed.add(found);
        }
        count(found);
        if (owners != null && (resources.size() < MOST_RESOURCES || resources.containsKey(owners.resource()))) {
            resources.computeIfAbsent(owners.resource(), resource -> new Waiting(owners)).greenlets++;
        }
    }

    private void count(GreenletSnapshot found) {
        Count count = sites.computeIfAbsent(
                new Site(found.spawnSite(), found.state(), found.awaits().kind()),
                site -> new Count(found.awaits().what()));
        count.greenlets++;
        count.oldestNanos = Math.max(count.oldestNanos, found.awaits().sinceNanos());
    }

    int alive() {
        return alive;
    }

    int matched() {
        return matched;
    }

    /** Returns those that match, the oldest first. */
    List<GreenletSnapshot> greenlets() {
        if (matched > query.aggregateAbove()) {
            return List.of();
        }
        listed.sort(Comparator.comparingLong(GreenletSnapshot::id));
        List<GreenletSnapshot> first = listed.subList(0, Math.min(listed.size(), query.limit()));
        if (!query.stacks()) {
            return List.copyOf(first);
        }
        List<GreenletSnapshot> close = new ArrayList<>(first);
        for (int i = 0; i < Math.min(MOST_STACKS, close.size()); i++) {
            GreenletSnapshot plain = close.get(i);
            close.set(i, waits.closely(plain));
        }
        return List.copyOf(close);
    }

    List<SiteSnapshot> sites() {
        return sites.entrySet().stream()
                .map(each -> new SiteSnapshot(
                        each.getKey().spawnSite(),
                        each.getKey().state(),
                        each.getKey().kind(),
                        each.getValue().what,
                        each.getValue().greenlets,
                        each.getValue().oldestNanos))
                .sorted(Comparator.comparingInt(SiteSnapshot::count)
                        .reversed()
                        .thenComparing(SiteSnapshot::spawnSite)
                        .thenComparing(SiteSnapshot::state)
                        .thenComparing(SiteSnapshot::kind))
                .limit(MOST_SITES)
                .toList();
    }

    List<ResourceSnapshot> resources() {
        List<ResourceSnapshot> all = new ArrayList<>();
        resources.forEach((resource, waiting) -> all.add(of(waiting.owners, waiting.greenlets)));
        all.sort(Comparator.comparingInt(ResourceSnapshot::waiting)
                .reversed()
                .thenComparing(ResourceSnapshot::name)
                .thenComparingLong(ResourceSnapshot::key));
        return List.copyOf(all);
    }

    static ResourceSnapshot of(Owners owners, int waiting) {
        Object resource = owners.resource();
        int size = resource instanceof Measured measured ? measured.size() : -1;
        int capacity = resource instanceof Measured measured ? measured.capacity() : -1;
        return new ResourceSnapshot(
                Waits.keyOf(resource),
                owners.kind().name().toLowerCase(Locale.ROOT),
                Waits.nameOf(owners),
                waiting,
                size,
                capacity == Measured.UNBOUNDED ? -1 : capacity,
                List.copyOf(Waits.ownersOf(owners)));
    }
}
