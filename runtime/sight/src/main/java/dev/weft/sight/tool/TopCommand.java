package dev.weft.sight.tool;

import dev.weft.LatencyHistogram;
import dev.weft.LoopStatistics;
import dev.weft.observe.LoopSnapshot;
import dev.weft.observe.PoolSnapshot;
import dev.weft.observe.SiteSnapshot;
import dev.weft.observe.Snapshot;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the loops do, again and again. */
@Command(
        name = "top",
        mixinStandardHelpOptions = true,
        description = "Shows once a second how busy the loops are, and where most greenlets were spawned.")
final class TopCommand implements Callable<Integer> {
    private static final int SITES = 10;
    private static final double NANOS = 1e9;

    @Mixin
    private final Target target = new Target();

    @Option(
            names = "--every",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "The pause between two looks, such as 500ms; ${DEFAULT-VALUE} by default.",
            defaultValue = "1s")
    private Duration every = Duration.ofSeconds(1);

    @Option(names = "--count", paramLabel = "N", description = "Stop after so many looks; until Ctrl-C by default.")
    private long count = Long.MAX_VALUE;

    @Mixin
    private final Output output = new Output();

    private final Map<String, Snapshot> last = new HashMap<>(); // by group

    @Override
    public Integer call() {
        return target.withGroups(this::watch);
    }

    private int watch(List<Group> groups) {
        groups.forEach(group -> last.put(group.name(), look(group)));
        for (long looks = 0; looks < count && !output.terminal().isGone(); looks++) {
            LockSupport.parkNanos(every.toNanos());
            output.terminal().newPage();
            groups.forEach(this::show);
        }
        return 0;
    }

    private static Snapshot look(Group group) {
        return Form.read(Snapshot.class, ask(group));
    }

    private static String ask(Group group) {
        return group.ask(asked -> asked.snapshot("", 0, false, 0));
    }

    private void show(Group group) {
        Terminal terminal = output.terminal();
        if (output.isJson()) {
            terminal.print(ask(group));
            return;
        }
        Snapshot now = look(group);
        Snapshot before = last.put(group.name(), now);
        terminal.print(group + ": " + Text.count(now.alive(), "greenlet") + ", "
                + Text.count(now.verdicts().size(), "verdict") + ", "
                + Text.count(now.lints().size(), "lint"));
        terminal.print(loops(before == null ? now : before, now));
        terminal.print(pools(now));
        terminal.print(sites(now));
    }

    private static Table loops(Snapshot before, Snapshot now) {
        Map<String, LoopStatistics> earlier = new HashMap<>();
        before.loops().forEach(loop -> earlier.put(loop.name(), loop.statistics()));
        double seconds = Math.max(1, now.takenNanos() - before.takenNanos()) / NANOS;
        Table table = new Table(
                "LOOP",
                "STATE",
                ">BUSY",
                ">LATENCY P50",
                ">P99",
                ">TURNS/s",
                ">SWITCHES/s",
                ">SPAWNED/s",
                ">GREENLETS",
                ">READY",
                "RUNNING");
        for (LoopSnapshot loop : now.loops()) {
            LoopStatistics is = loop.statistics();
            LoopStatistics was = earlier.getOrDefault(loop.name(), is);
            LatencyHistogram latency = is.latency().since(was.latency());
            table.row(
                    loop.name(),
                    loop.state(),
                    Text.share(is.busy().minus(was.busy()).toNanos() / NANOS / seconds),
                    Text.duration(latency.percentile(50).toNanos()),
                    Text.duration(latency.percentile(99).toNanos()),
                    Text.count(Math.round((is.polls() - was.polls()) / seconds)),
                    Text.count(Math.round((is.switches() - was.switches()) / seconds)),
                    Text.count(Math.round((is.spawned() - was.spawned()) / seconds)),
                    Text.count(is.alive()),
                    Text.count(is.ready()),
                    LoopTable.running(loop));
        }
        return table;
    }

    private static Table pools(Snapshot snapshot) {
        Table table = new Table("POOL", ">THREADS", ">RUNNING", ">QUEUED");
        for (PoolSnapshot pool : snapshot.pools()) {
            table.row(pool.name(), Text.count(pool.threads()), Text.count(pool.running()), Text.count(pool.queued()));
        }
        return table;
    }

    private static Table sites(Snapshot snapshot) {
        List<SiteSnapshot> sites = snapshot.sites();
        return SiteTable.of(sites.subList(0, Math.min(SITES, sites.size())));
    }
}
