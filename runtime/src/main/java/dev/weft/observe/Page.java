package dev.weft.observe;

import dev.weft.kernel.GreenletTask;
import java.util.List;
import java.util.TreeMap;

/** The next greenlets that match a query, in the order of their numbers. */
final class Page {
    private final Query query;
    private final long after;
    private final Waits waits = new Waits(id -> null);
    private final TreeMap<Long, GreenletTask<?>> next = new TreeMap<>();

    Page(Query query, long after) {
        this.query = query;
        this.after = after;
    }

    void add(GreenletTask<?> greenlet) {
        long id = greenlet.id();
        if (id <= after || isFullBefore(id) || !query.matches(waits, greenlet)) {
            return;
        }
        next.put(id, greenlet);
        if (next.size() > query.limit()) {
            next.pollLastEntry();
        }
    }

    private boolean isFullBefore(long id) {
        return next.size() >= query.limit() && (next.isEmpty() || id > next.lastKey());
    }

    List<GreenletSnapshot> greenlets() {
        return next.values().stream()
                .map(greenlet -> waits.describe(greenlet, query.stacks()))
                .toList();
    }
}
