package dev.weft.observe;

import dev.weft.LoopGroup;
import dev.weft.diagnostics.Deadlock;
import dev.weft.diagnostics.VerdictWatch;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.leak.Leak;
import dev.weft.leak.LeakSearch;
import dev.weft.lint.Finding;
import dev.weft.loop.GroupWatch;
import dev.weft.loop.RunLoop;
import dev.weft.offload.OffloadPool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a group of loops from outside, while it runs, hangs or closes. It has no state of its own. Any thread but a loop's, which
 * a look would hold up: a caller on one gets an {@link IllegalStateException}.
 */
public final class Observer {
    private static final int MOST_EDGES = 20;

    private final LoopGroup group;
    private final List<RunLoop> loops;
    private final GroupWatch watch;

    private Observer(LoopGroup group) {
        this.group = group;
        loops = group.loops().stream().map(loop -> (RunLoop) loop).toList();
        watch = loops.get(0).watch();
    }

    /** Returns an observer for each group of this JVM whose loops run, ordered by name. */
    public static List<Observer> all() {
        Set<LoopGroup> groups = new LinkedHashSet<>();
        RunLoop.live().forEach(loop -> groups.add(loop.group()));
        return groups.stream()
                .map(Observer::of)
                .sorted(Comparator.comparing(Observer::name))
                .toList();
    }

    public static Observer of(LoopGroup group) {
        return new Observer(group);
    }

    public LoopGroup group() {
        return group;
    }

    /** Returns the name of the group: the prefix of its threads' names. */
    public String name() {
        String first = loops.get(0).name();
        return first.substring(0, first.lastIndexOf('-'));
    }

    /** Returns whether the group is closed and no loop runs any more. Reads one field of each loop; any thread. */
    public boolean isOver() {
        return loops.stream().allMatch(RunLoop::isOver);
    }

    /** Takes a snapshot. Costs about a microsecond for each greenlet, and some more for those that are listed. */
    public Snapshot snapshot(Query query) {
        requireOutside();
        Census census = new Census(query, new Waits(this::find));
        watch.forEach(census::add);
        return new Snapshot(
                name(),
                System.currentTimeMillis(),
                System.nanoTime(),
                ProcessHandle.current().pid(),
                Version.NAME,
                loops.stream().anyMatch(RunLoop::isOpen),
                census.alive(),
                census.matched(),
                loops(),
                pools(),
                census.greenlets(),
                census.sites(),
                census.resources(),
                verdicts(),
                lints());
    }

    /**
     * Returns the next greenlets that match {@code query}, the oldest first, up to its limit, for reading a million of them page by
     * page. The names of their spawners are left out.
     *
     * @param after the number of the last greenlet of the page before; 0 for the first page
     */
    public List<GreenletSnapshot> page(Query query, long after) {
        requireOutside();
        Page page = new Page(query, after);
        watch.forEach(page::add);
        return page.greenlets();
    }

    /** Returns the loops, without their greenlets. */
    public List<LoopSnapshot> loops() {
        requireOutside();
        return loops.stream().map(Observer::of).toList();
    }

    private static LoopSnapshot of(RunLoop loop) {
        EventLoop kernel = loop.eventLoop();
        GreenletTask<?> running = kernel.running();
        Object callback = kernel.scheduler.event();
        return new LoopSnapshot(
                loop.name(),
                stateOf(loop, running != null || callback != null),
                running == null ? 0 : running.id(),
                running != null
                        ? running.name()
                        : callback == null ? "" : callback.getClass().getName(),
                loop.heldNanos(),
                loop.statistics());
    }

    private static String stateOf(RunLoop loop, boolean runs) {
        if (loop.isOver()) {
            return "closed";
        }
        if (!loop.isOpen()) {
            return "closing";
        }
        if (loop.heldNanos() > 0) {
            return "held";
        }
        return runs || !loop.eventLoop().scheduler.isAsleep() ? "running" : "asleep";
    }

    /** Returns the pools for off-loaded calls: the one for blocking calls, and the one for computations. */
    public List<PoolSnapshot> pools() {
        return List.of(
                of(loops.get(0).offloadPools().blocking()),
                of(loops.get(0).offloadPools().computing()));
    }

    private static PoolSnapshot of(OffloadPool pool) {
        return new PoolSnapshot(pool.name(), pool.threads(), pool.running(), pool.queued());
    }

    /** Returns the greenlet of the number {@code id}, with its stack; empty if it has ended. */
    public Optional<GreenletSnapshot> greenlet(long id) {
        requireOutside();
        GreenletTask<?> found = find(id);
        return found == null ? Optional.empty() : Optional.of(new Waits(this::find).describe(found, true));
    }

    /** Returns the stack of the greenlet of the number {@code id}, the innermost frame first; empty if it has ended. */
    public List<String> stack(long id) {
        requireOutside();
        GreenletTask<?> found = find(id);
        return found == null ? List.of() : Waits.stackOf(found);
    }

    /** Returns the wait-for graph around the greenlet of the number {@code id}: all that are at most {@code hops} waits away. */
    public WaitGraphSnapshot around(long id, int hops) {
        requireOutside();
        return new Surroundings(watch, verdicts()).of(id, hops);
    }

    private @Nullable GreenletTask<?> find(long id) {
        GreenletTask<?>[] found = new GreenletTask<?>[1];
        watch.forEach(greenlet -> {
            if (greenlet.id() == id) {
                found[0] = greenlet;
            }
        });
        return found[0];
    }

    /** Returns the deadlocks that stand, as the watchdog has found them. */
    public List<VerdictSnapshot> verdicts() {
        return watch.verdicts().standing().stream().map(Observer::of).toList();
    }

    private static VerdictSnapshot of(VerdictWatch.Standing standing) {
        Deadlock deadlock = standing.deadlock();
        return new VerdictSnapshot(
                deadlock.kind().name().toLowerCase(Locale.ROOT),
                deadlock.title(),
                deadlock.text(),
                deadlock.greenlets().stream().map(GreenletTask::id).toList(),
                deadlock.links().stream().map(Observer::of).toList(),
                deadlock.cure(),
                System.nanoTime() - standing.foundNanos());
    }

    private static VerdictSnapshot.Edge of(Deadlock.Link link) {
        GreenletTask<?> owner = link.owner();
        return new VerdictSnapshot.Edge(
                link.greenlet().id(),
                link.greenlet().name(),
                link.greenlet().spawnSite().toString(),
                link.waitsFor(),
                owner == null ? 0 : owner.id(),
                link.place());
    }

    /**
     * Searches for leaked greenlets: those that wait for what nothing alive can reach. Takes a heap dump into a temporary file, for
     * which all threads stand still for about a second a gigabyte, and reads it, with some 40 bytes of memory for each object.
     *
     * @throws UncheckedIOException if there is no room for the dump
     * @throws UnsupportedOperationException if the module {@code jdk.management} is missing
     */
    public List<VerdictSnapshot> leaks() {
        requireOutside();
        try {
            return LeakSearch.of(watch).stream().map(Observer::of).toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot search for leaks of " + group, e);
        }
    }

    private static VerdictSnapshot of(Leak leak) {
        return new VerdictSnapshot(
                "leaked",
                leak.title(),
                leak.text(),
                leak.greenlets().stream().map(GreenletTask::id).toList(),
                leak.greenlets().stream().limit(MOST_EDGES).map(Observer::of).toList(),
                leak.cure(),
                0);
    }

    private static VerdictSnapshot.Edge of(GreenletTask<?> leaked) {
        return new VerdictSnapshot.Edge(
                leaked.id(), leaked.name(), leaked.spawnSite().toString(), leaked.waitingOn(), 0, Leak.placeOf(leaked));
    }

    /** Returns the signs of trouble that stand, as the watchdog has found them. */
    public List<LintSnapshot> lints() {
        return watch.other() instanceof WatchTasks tasks
                ? tasks.lints().stream().map(Observer::of).toList()
                : List.of();
    }

    private static LintSnapshot of(Finding finding) {
        return new LintSnapshot(
                finding.kind(),
                finding.subject(),
                finding.text(),
                finding.cure(),
                finding.greenlet(),
                finding.loop(),
                finding.site(),
                finding.lastingNanos());
    }

    /** Kills the greenlet of the number {@code id}; returns false if there is none. The caller has checked that this is allowed. */
    public boolean kill(long id, String reason) {
        requireOutside();
        GreenletTask<?> found = find(id);
        if (found == null) {
            return false;
        }
        found.kill(reason);
        return true;
    }

    private void requireOutside() {
        if (EventLoop.currentOrNull() != null) {
            throw new IllegalStateException(
                    "a look at " + group + " would hold up the loop that it is taken on; take it on"
                            + " another thread, Weft.offload(() -> ...)");
        }
    }

    @Override
    public String toString() {
        return "observer of " + group;
    }
}
