package dev.weft.access;

import dev.weft.Doctor;
import dev.weft.LatencyHistogram;
import dev.weft.LoopStatistics;
import dev.weft.management.GroupMXBean;
import dev.weft.management.LoopFigures;
import dev.weft.management.PoolFigures;
import dev.weft.observe.Json;
import dev.weft.observe.LintSnapshot;
import dev.weft.observe.LoopSnapshot;
import dev.weft.observe.Observer;
import dev.weft.observe.PoolSnapshot;
import dev.weft.observe.Query;
import dev.weft.observe.VerdictSnapshot;
import dev.weft.observe.Version;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Answers for one group. Any thread but a loop's. */
final class GroupBean implements GroupMXBean {
    private static final String KILL = "weft.sight.kill";
    private static final double NANOS = 1e9;

    private final Observer observer;
    private final Map<String, LoopStatistics> lastSecond = new HashMap<>(); // the watch's thread only
    private volatile Map<String, Rates> rates = Map.of();

    /** What the last second was like on a loop. */
    private record Rates(double utilization, LatencyHistogram latency, double timerDelaySeconds) {
        static final Rates UNKNOWN = new Rates(0, LatencyHistogram.EMPTY, 0);

        static Rates between(LoopStatistics before, LoopStatistics now) {
            double busy = seconds(now.busy().minus(before.busy()));
            double idle = seconds(now.idle().minus(before.idle()));
            long fired = now.timersFired() - before.timersFired();
            double late = seconds(now.timerDelay().minus(before.timerDelay()));
            return new Rates(
                    busy + idle > 0 ? busy / (busy + idle) : 0,
                    now.latency().since(before.latency()),
                    fired > 0 ? late / fired : 0);
        }
    }

    GroupBean(Observer observer) {
        this.observer = observer;
    }

    /** Notes the figures from which those of the last second are computed. Called once a second on the watch's thread. */
    void sample() {
        Map<String, Rates> next = new HashMap<>();
        for (LoopSnapshot loop : observer.loops()) {
            LoopStatistics before = lastSecond.put(loop.name(), loop.statistics());
            if (before != null) {
                next.put(loop.name(), Rates.between(before, loop.statistics()));
            }
        }
        rates = Map.copyOf(next);
    }

    @Override
    public String getVersion() {
        return Version.NAME;
    }

    @Override
    public int getFormat() {
        return FORMAT;
    }

    @Override
    public Map<String, LoopFigures> getLoops() {
        Map<String, LoopFigures> figures = new LinkedHashMap<>();
        for (LoopSnapshot loop : observer.loops()) {
            figures.put(loop.name(), figures(loop, rates.getOrDefault(loop.name(), Rates.UNKNOWN)));
        }
        return figures;
    }

    private static LoopFigures figures(LoopSnapshot loop, Rates rates) {
        LoopStatistics now = loop.statistics();
        return new LoopFigures(
                rates.utilization(),
                seconds(rates.latency().percentile(50)),
                seconds(rates.latency().percentile(99)),
                rates.timerDelaySeconds(),
                loop.heldNanos() / NANOS,
                now.alive(),
                now.ready(),
                now.waiting(),
                now.timers(),
                now.polls(),
                now.switches(),
                now.spawned(),
                now.wakeUps(),
                now.pinned(),
                now.timersFired(),
                seconds(now.busy()),
                seconds(now.idle()),
                seconds(now.longestSlice()));
    }

    @Override
    public Map<String, Integer> getGreenlets() {
        int alive = 0;
        int ready = 0;
        int waiting = 0;
        for (LoopSnapshot loop : observer.loops()) {
            alive += loop.statistics().alive();
            ready += loop.statistics().ready();
            waiting += loop.statistics().waiting();
        }
        return new TreeMap<>(
                Map.of("ready", ready, "running", Math.max(0, alive - ready - waiting), "waiting", waiting));
    }

    @Override
    public Map<String, PoolFigures> getPools() {
        Map<String, PoolFigures> figures = new LinkedHashMap<>();
        for (PoolSnapshot pool : observer.pools()) {
            figures.put(pool.name(), new PoolFigures(pool.threads(), pool.running(), pool.queued()));
        }
        return figures;
    }

    @Override
    public List<String> getVerdicts() {
        return observer.verdicts().stream().map(VerdictSnapshot::text).toList();
    }

    @Override
    public List<String> getLints() {
        return observer.lints().stream().map(GroupBean::line).toList();
    }

    private static String line(LintSnapshot lint) {
        return lint.text() + " -> " + lint.cure();
    }

    @Override
    public boolean isKillAllowed() {
        return Boolean.getBoolean(KILL) || observer.group().isKillableFromOutside();
    }

    @Override
    public String loops() {
        return Json.of(observer.loops());
    }

    @Override
    public String snapshot(String filter, int limit, boolean stacks, int aggregateAbove) {
        Query query = Query.all().matching(filter).atMost(limit).aggregatedAbove(aggregateAbove);
        return observer.snapshot(stacks ? query.withStacks() : query).json();
    }

    @Override
    public String page(String filter, long after, int limit, boolean stacks) {
        Query query = Query.all().matching(filter).atMost(limit);
        return Json.of(observer.page(stacks ? query.withStacks() : query, after));
    }

    @Override
    public String greenlet(long id) {
        return observer.greenlet(id).map(Json::of).orElse("null");
    }

    @Override
    public String stack(long id) {
        return Json.of(observer.stack(id));
    }

    @Override
    public String around(long id, int hops) {
        return Json.of(observer.around(id, hops));
    }

    @Override
    public String verdicts() {
        return Json.of(observer.verdicts());
    }

    @Override
    public String leaks() {
        return Json.of(observer.leaks());
    }

    @Override
    public String lints() {
        return Json.of(observer.lints());
    }

    @Override
    public String doctor() {
        return Json.of(Doctor.examine());
    }

    @Override
    public boolean kill(long id, String reason) {
        if (!isKillAllowed()) {
            throw new UnsupportedOperationException("group \"" + observer.name()
                    + "\" does not let others kill its greenlets; allow it with LoopGroup.builder().killableFromOutside(), or"
                    + " start the program with -D" + KILL + "=true");
        }
        return observer.kill(id, reason);
    }

    private static double seconds(Duration time) {
        return time.toNanos() / NANOS;
    }
}
