package dev.weft.lint;

import dev.weft.kernel.GreenletTask;
import dev.weft.spi.Owners;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A greenlet has waited for a minute for a peer or another thread, and nothing limits that. Told once a spawn site. */
final class NoDeadline implements Lint {
    private static final long LEAST_NANOS = 60_000_000_000L;
    private static final Set<Owners.Kind> OUTSIDE = Set.of(Owners.Kind.SOCKET, Owners.Kind.OFFLOAD, Owners.Kind.STAGE);

    private final Map<StackTraceElement, Site> sites = new LinkedHashMap<>();

    /** The greenlets of one spawn site. */
    private static final class Site {
        private final Set<GreenletTask<?>> greenlets = new HashSet<>();
        private GreenletTask<?> oldest;
        private String awaited = "";
        private long nanos;

        Site(GreenletTask<?> first) {
            oldest = first;
        }
    }

    @Override
    public void see(GreenletTask<?> greenlet, @Nullable Owners wait) {
        if (wait == null
                || wait.rule() != Owners.Rule.OUTSIDE
                || !OUTSIDE.contains(wait.kind())
                || greenlet.nanosUntilDeadline() >= 0) {
            return;
        }
        long nanos = greenlet.nanosWaiting();
        if (nanos < LEAST_NANOS) {
            return;
        }
        Site site = sites.computeIfAbsent(greenlet.spawnSite(), place -> new Site(greenlet));
        site.greenlets.add(greenlet);
        if (nanos > site.nanos) {
            site.nanos = nanos;
            site.oldest = greenlet;
            site.awaited = greenlet.waitingOn();
        }
    }

    @Override
    public void conclude(long nowNanos, Consumer<Finding> found) {
        sites.forEach((place, site) -> found.accept(Finding.of(
                        "no-deadline",
                        "greenlets spawned at " + place,
                        site.greenlets.size() + (site.greenlets.size() == 1 ? " greenlet" : " greenlets")
                                + " spawned at "
                                + place
                                + " wait without a deadline for the outside, the longest for "
                                + site.nanos / 1_000_000_000
                                + " s: greenlet \"" + site.oldest.name() + "\" for " + site.awaited,
                        "Put a deadline around it, Weft.withTimeout(...), or give the socket a timeout.",
                        site.nanos)
                .about(site.oldest)));
        sites.clear();
    }
}
