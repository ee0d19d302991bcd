package dev.weft.metrics;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.LoopStatistics;
import dev.weft.OffloadStatistics;
import dev.weft.sync.Channel;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToIntFunction;

/**
 * The metrics of a group's loops, for a Micrometer registry. Reading them reads the counters that the loops keep anyway, so a
 * loop pays nothing for being observed.
 *
 * <pre>{@code
 * new LoopMetrics(group).bindTo(registry);
 * LoopMetrics.channel("orders", orders).bindTo(registry);
 * LoopMetrics.connections("http", server::connections).bindTo(registry);
 * }</pre>
 *
 * <p>The names follow OpenTelemetry's conventions for the event loop of Node.js ({@code nodejs.eventloop.*}), as far as those go.
 * All but the last three are tagged with the name of their {@code loop}:
 *
 * <table>
 *   <caption>Meters</caption>
 *   <tr><th>name<th>what it tells
 *   <tr><td>{@code weft.eventloop.delay}<td>how many timers have fired and how late, as a timer: the mean delay of wake-ups
 *   <tr><td>{@code weft.eventloop.delay.max}<td>how late a timer has fired at the most, since the loop was opened
 *   <tr><td>{@code weft.eventloop.latency}<td>how many greenlets were measured and for how long they were ready before they ran, as
 *       a timer: the mean scheduling latency
 *   <tr><td>{@code weft.eventloop.latency.percentile}<td>the scheduling latency since the last reading that a share of {@code phi}
 *       (0.5, 0.99 or 0.999) of greenlets did not exceed
 *   <tr><td>{@code weft.eventloop.utilization}<td>the share, from 0 to 1, of the time since the last reading in which the loop
 *       was busy
 *   <tr><td>{@code weft.eventloop.time}<td>seconds, by {@code state}: {@code active} or {@code idle}
 *   <tr><td>{@code weft.eventloop.slice.max}<td>the longest time for which a greenlet has held the loop
 *   <tr><td>{@code weft.eventloop.switches}, {@code .polls}, {@code .wakeups}, {@code .pinned}<td>counts, as in {@link
 *       LoopStatistics}
 *   <tr><td>{@code weft.eventloop.timers}<td>pending timers
 *   <tr><td>{@code weft.greenlets}<td>live greenlets, by {@code state}: {@code running}, {@code ready} or {@code waiting}
 *   <tr><td>{@code weft.greenlets.spawned}<td>greenlets spawned so far
 *   <tr><td>{@code weft.offload.running}, {@code weft.offload.queued}<td>off-loaded calls on a thread and without one, by {@code
 *       pool}: {@code blocking} or {@code computing}
 *   <tr><td>{@code weft.server.connections}<td>open connections, by {@code server}
 *   <tr><td>{@code weft.channel.depth}<td>values in the buffer, by {@code channel}
 * </table>
 *
 * <p>A registry that has these meters keeps the group reachable.
 */
public final class LoopMetrics implements MeterBinder {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double PERCENT = 100;

    private final LoopGroup group;

    /** Creates the metrics of {@code group}. */
    public LoopMetrics(LoopGroup group) {
        this.group = Objects.requireNonNull(group, "group");
    }

    /** Returns the depth of {@code channel}, under a {@code name} of your choice. */
    public static MeterBinder channel(String name, Channel<?> channel) {
        return registry -> Gauge.builder("weft.channel.depth", channel, Channel::size)
                .description("Values in the buffer of a channel")
                .tag("channel", name)
                .strongReference(true)
                .register(registry);
    }

    /** Returns the number of {@code connections} of a server, such as {@code server::connections}, under a {@code name} of your choice. */
    public static MeterBinder connections(String name, IntSupplier connections) {
        return registry -> Gauge.builder("weft.server.connections", connections, IntSupplier::getAsInt)
                .description("Open connections of a server")
                .tag("server", name)
                .strongReference(true)
                .register(registry);
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        group.loops().forEach(loop -> {
            bindTime(loop, registry);
            bindCounts(loop, registry);
            bindGreenlets(loop, registry);
        });
        bindOffload(registry, "blocking", OffloadStatistics::running, OffloadStatistics::queued);
        bindOffload(registry, "computing", OffloadStatistics::computing, OffloadStatistics::computationsQueued);
    }

    private static void bindTime(Loop loop, MeterRegistry registry) {
        FunctionTimer.builder(
                        "weft.eventloop.delay",
                        loop,
                        it -> it.statistics().timersFired(),
                        it -> it.statistics().timerDelay().toNanos(),
                        TimeUnit.NANOSECONDS)
                .description("How late timers fire")
                .tag("loop", loop.name())
                .register(registry);
        bindLatency(loop, registry);
        longest(loop, registry, "weft.eventloop.delay.max", LoopStatistics::longestTimerDelay);
        longest(loop, registry, "weft.eventloop.slice.max", LoopStatistics::longestSlice);
        Gauge.builder("weft.eventloop.utilization", new Utilization(loop), Utilization::latest)
                .description("The share of time in which the loop is busy")
                .baseUnit("1")
                .tag("loop", loop.name())
                .strongReference(true)
                .register(registry);
        time(loop, registry, "active", LoopStatistics::busy);
        time(loop, registry, "idle", LoopStatistics::idle);
    }

    private static void bindLatency(Loop loop, MeterRegistry registry) {
        FunctionTimer.builder(
                        "weft.eventloop.latency",
                        loop,
                        it -> it.statistics().latency().count(),
                        it -> it.statistics().latency().total().toNanos(),
                        TimeUnit.NANOSECONDS)
                .description("How long greenlets are ready before they run, sampled")
                .tag("loop", loop.name())
                .register(registry);
        RecentLatency recent = new RecentLatency(loop);
        for (String phi : List.of("0.5", "0.99", "0.999")) {
            double percent = Double.parseDouble(phi) * PERCENT;
            TimeGauge.builder(
                            "weft.eventloop.latency.percentile",
                            recent,
                            TimeUnit.NANOSECONDS,
                            it -> it.percentile(percent).toNanos())
                    .strongReference(true)
                    .tag("loop", loop.name())
                    .tag("phi", phi)
                    .register(registry);
        }
    }

    private static void longest(
            Loop loop, MeterRegistry registry, String name, Function<LoopStatistics, Duration> longest) {
        TimeGauge.builder(
                        name,
                        loop,
                        TimeUnit.NANOSECONDS,
                        it -> longest.apply(it.statistics()).toNanos())
                .strongReference(true)
                .tag("loop", loop.name())
                .register(registry);
    }

    private static void time(Loop loop, MeterRegistry registry, String state, Function<LoopStatistics, Duration> time) {
        FunctionCounter.builder(
                        "weft.eventloop.time",
                        loop,
                        it -> time.apply(it.statistics()).toNanos() / NANOS_PER_SECOND)
                .description("The time that the loop has spent in a state")
                .baseUnit("seconds")
                .tag("loop", loop.name())
                .tag("state", state)
                .register(registry);
    }

    private static void bindCounts(Loop loop, MeterRegistry registry) {
        count(loop, registry, "weft.eventloop.switches", LoopStatistics::switches);
        count(loop, registry, "weft.eventloop.polls", LoopStatistics::polls);
        count(loop, registry, "weft.eventloop.wakeups", LoopStatistics::wakeUps);
        count(loop, registry, "weft.eventloop.pinned", LoopStatistics::pinned);
        count(loop, registry, "weft.greenlets.spawned", LoopStatistics::spawned);
    }

    private static void count(Loop loop, MeterRegistry registry, String name, ToDoubleFunction<LoopStatistics> count) {
        FunctionCounter.builder(name, loop, it -> count.applyAsDouble(it.statistics()))
                .tag("loop", loop.name())
                .register(registry);
    }

    private static void bindGreenlets(Loop loop, MeterRegistry registry) {
        Gauge.builder("weft.eventloop.timers", loop, it -> it.statistics().timers())
                .tag("loop", loop.name())
                .strongReference(true)
                .register(registry);
        greenlets(loop, registry, "ready", LoopStatistics::ready);
        greenlets(loop, registry, "waiting", LoopStatistics::waiting);
        greenlets(loop, registry, "running", it -> Math.max(0, it.alive() - it.ready() - it.waiting()));
    }

    private static void greenlets(
            Loop loop, MeterRegistry registry, String state, ToDoubleFunction<LoopStatistics> count) {
        Gauge.builder("weft.greenlets", loop, it -> count.applyAsDouble(it.statistics()))
                .description("Live greenlets")
                .tag("loop", loop.name())
                .tag("state", state)
                .strongReference(true)
                .register(registry);
    }

    private void bindOffload(
            MeterRegistry registry,
            String pool,
            ToIntFunction<OffloadStatistics> running,
            ToIntFunction<OffloadStatistics> queued) {
        offload(registry, "weft.offload.running", pool, running);
        offload(registry, "weft.offload.queued", pool, queued);
    }

    private void offload(MeterRegistry registry, String name, String pool, ToIntFunction<OffloadStatistics> count) {
        Gauge.builder(name, group, it -> count.applyAsInt(it.offloadStatistics()))
                .tag("pool", pool)
                .strongReference(true)
                .register(registry);
    }
}
