package dev.weft.observe;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.diagnostics.JdkWaits;
import dev.weft.diagnostics.WaitOwners;
import dev.weft.kernel.CancelScope;
import dev.weft.kernel.GreenletTask;
import dev.weft.kernel.TaskScope;
import dev.weft.spi.Owners;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Describes greenlets and their waits, for one look. */
final class Waits {
    private static final int MOST_OWNERS = 20;
    private static final int MOST_FRAMES = 500;

    private final LongFunction<@Nullable GreenletTask<?>> find;

    /** {@code find} returns the living greenlet of a number, or null. */
    Waits(LongFunction<@Nullable GreenletTask<?>> find) {
        this.find = find;
    }

    /** Describes {@code greenlet}; if {@code closely}, with its stack and all that takes as long to find out. */
    GreenletSnapshot describe(GreenletTask<?> greenlet, boolean closely) {
        return describe(greenlet, WaitOwners.of(greenlet), closely);
    }

    /** As above; {@code owners} could end the wait that it is in. */
    GreenletSnapshot describe(GreenletTask<?> greenlet, @Nullable Owners owners, boolean closely) {
        long spawner = greenlet.spawner();
        GreenletTask<?> spawnedBy = closely && spawner != 0 ? find.apply(spawner) : null;
        CancelScope home = greenlet.home();
        return new GreenletSnapshot(
                greenlet.id(),
                greenlet.name(),
                greenlet.loop.name(),
                greenlet.state().name().toLowerCase(Locale.ROOT),
                greenlet.spawnSite().toString(),
                spawner,
                spawnedBy == null ? "" : spawnedBy.name(),
                home == null ? 0 : home.owner.thread().threadId(),
                scopesOf(greenlet),
                greenlet.isAdopted(),
                greenlet.callsUsers(),
                waitOf(greenlet, owners, closely),
                greenlet.nanosSinceKill(),
                closely ? stackOf(greenlet) : List.of());
    }

    /** Describes the greenlet of {@code plain} closely; returns {@code plain} if it has ended. */
    GreenletSnapshot closely(GreenletSnapshot plain) {
        GreenletTask<?> greenlet = find.apply(plain.id());
        return greenlet == null ? plain : describe(greenlet, true);
    }

    static List<String> stackOf(GreenletTask<?> greenlet) {
        List<String> frames = new ArrayList<>();
        for (StackTraceElement frame : greenlet.stackTrace()) {
            if (frames.size() == MOST_FRAMES) {
                break;
            }
            frames.add(frame.toString());
        }
        return List.copyOf(frames);
    }

    private static List<ScopeSnapshot> scopesOf(GreenletTask<?> greenlet) {
        CancelScope next = greenlet.scope();
        if (next == null || next.owner != greenlet) {
            return List.of();
        }
        List<ScopeSnapshot> scopes = new ArrayList<>();
        for (; next != null && next.owner == greenlet; next = next.parent) {
            long deadline = next.deadlineNanos();
            scopes.add(new ScopeSnapshot(
                    next.kind == CancelScope.Kind.CHILDREN
                            ? "scope"
                            : next.kind.name().toLowerCase(Locale.ROOT),
                    deadline == CancelScope.NEVER ? -1 : greenlet.loop.scheduler.nanosUntil(deadline),
                    next instanceof TaskScope parent ? parent.countChildren() : 0));
        }
        return List.copyOf(scopes);
    }

    private static WaitSnapshot waitOf(GreenletTask<?> greenlet, @Nullable Owners owners, boolean closely) {
        if (owners == null) {
            return WaitSnapshot.NONE;
        }
        return new WaitSnapshot(
                owners.kind().name().toLowerCase(Locale.ROOT),
                what(greenlet, closely),
                keyOf(owners.resource()),
                greenlet.nanosWaiting(),
                greenlet.nanosUntilDeadline(),
                List.copyOf(ownersOf(owners)),
                owners.rule() == Owners.Rule.ALL
                        || (owners.rule() == Owners.Rule.ANY
                                && !owners.members().isEmpty()));
    }

    private static String what(GreenletTask<?> greenlet, boolean closely) {
        try {
            return closely || greenlet.awaited() != null ? greenlet.waitingOn() : JdkWaits.brief(greenlet);
        } catch (RuntimeException changedMeanwhile) {
            return "something that is changing";
        }
    }

    /** Returns the numbers of the greenlets that could end a wait. */
    static Set<Long> ownersOf(Owners owners) {
        Set<Long> found = new LinkedHashSet<>();
        collect(owners, found);
        return found;
    }

    private static void collect(Owners owners, Set<Long> found) {
        for (Object member : owners.members()) {
            if (found.size() >= MOST_OWNERS) {
                return;
            }
            if (member instanceof Greenlet<?> greenlet) {
                found.add(greenlet.thread().threadId());
            } else if (member instanceof Long id) {
                found.add(id);
            } else if (member instanceof Awaitable<?> alternative) {
                collect(alternative.owners(), found);
            }
        }
    }

    /** Returns what to call the resource; an object of the JDK's or a library's is not asked. */
    static String nameOf(Owners owners) {
        Object resource = owners.resource();
        try {
            return resource instanceof GreenletTask<?> greenlet
                    ? greenlet.describeEnd()
                    : owners.kind() == Owners.Kind.JDK || owners.kind() == Owners.Kind.LOCK
                            ? resource.getClass().getName()
                            : resource.toString();
        } catch (RuntimeException changedMeanwhile) {
            return resource.getClass().getName();
        }
    }

    /** Returns a number for {@code resource}, which hardly any other has at the same time. */
    static long keyOf(Object resource) {
        return System.identityHashCode(resource);
    }
}
