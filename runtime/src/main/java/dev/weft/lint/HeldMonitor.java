package dev.weft.lint;

import dev.weft.jdk.JdkLocks;
import dev.weft.kernel.GreenletTask;
import dev.weft.spi.Owners;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A greenlet has been blocked for a second on a monitor, and the holder waits with it for as long. Only then are threads asked for
 * their monitors, and only those that have not moved for a second, as the JDK's answer is neither cheap nor safe for others.
 */
final class HeldMonitor implements Lint {
    private static final long LEAST_NANOS = 1_000_000_000;
    private static final int MOST_BLOCKED = 10;
    private static final int MOST_ASKED = 1_000;

    private final Set<GreenletTask<?>> blocked = new LinkedHashSet<>();
    private final Set<GreenletTask<?>> waiting = new LinkedHashSet<>();

    @Override
    public void see(GreenletTask<?> greenlet, @Nullable Owners wait) {
        if (wait == null || waitOf(greenlet) < LEAST_NANOS) {
            return;
        }
        boolean isBlocked = wait.kind() == Owners.Kind.LOCK && wait.rule() == Owners.Rule.UNKNOWN;
        Set<GreenletTask<?>> kind = isBlocked ? blocked : waiting;
        if (kind.size() < (isBlocked ? MOST_BLOCKED : MOST_ASKED)) {
            kind.add(greenlet);
        }
    }

    private static long waitOf(GreenletTask<?> greenlet) {
        return greenlet.nanosWaiting();
    }

    @Override
    public void conclude(long nowNanos, Consumer<Finding> found) {
        for (GreenletTask<?> each : blocked) {
            Object monitor = JdkLocks.awaitedMonitor(each.thread());
            if (monitor != null) {
                waiting.stream()
                        .filter(other -> JdkLocks.holds(other.thread(), monitor))
                        .findFirst()
                        .ifPresent(holder -> found.accept(finding(each, holder)));
            }
        }
        blocked.clear();
        waiting.clear();
    }

    private static Finding finding(GreenletTask<?> blocked, GreenletTask<?> holder) {
        return Finding.of(
                        "monitor-held",
                        "greenlet \"" + holder.name() + "\"",
                        "greenlet \"" + holder.name() + "\" has waited for " + waitOf(holder) / 1_000_000_000
                                + " s for "
                                + holder.waitingOn() + " while holding a monitor on which greenlet \"" + blocked.name()
                                + "\" is blocked",
                        "Do not wait inside a synchronized block: take what is needed, leave the block, then wait.",
                        waitOf(holder))
                .about(holder);
    }
}
