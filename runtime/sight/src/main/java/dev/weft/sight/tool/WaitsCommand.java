package dev.weft.sight.tool;

import dev.weft.observe.ResourceSnapshot;
import dev.weft.observe.Snapshot;
import dev.weft.observe.WaitGraphSnapshot;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Who waits for what, and who waits for ever. */
@Command(
        name = "waits",
        mixinStandardHelpOptions = true,
        description =
                "Shows deadlocks, and what greenlets wait for, most waited for first. Exits with 3 if there is a deadlock.")
final class WaitsCommand implements Callable<Integer> {
    private static final int MOST = 5_000;
    private static final int MOST_HOLDERS = 5;

    @Mixin
    private final Target target = new Target();

    @Mixin
    private final Output output = new Output();

    @Option(names = "--around", paramLabel = "ID", description = "Only the graph around the greenlet with this ID.")
    private long around;

    @Option(
            names = "--hops",
            paramLabel = "N",
            description = "How many edges away from it; ${DEFAULT-VALUE} by default.")
    private int hops = 3;

    @Override
    public Integer call() {
        return target.forEachGroup(group -> around == 0 ? showAll(group) : showAround(group));
    }

    private int showAll(Group group) {
        String json = group.ask(asked -> asked.snapshot("state:waiting", MOST, false, Integer.MAX_VALUE));
        Snapshot snapshot = Form.read(Snapshot.class, json);
        if (output.isJson()) {
            output.terminal().print(json);
        } else {
            show(group, snapshot);
        }
        return snapshot.verdicts().isEmpty() ? 0 : Sight.TROUBLE;
    }

    private void show(Group group, Snapshot snapshot) {
        Terminal terminal = output.terminal();
        terminal.print(group + ": " + Text.count(snapshot.matched()) + " of "
                + Text.count(snapshot.alive(), "greenlet") + " wait, for "
                + Text.count(snapshot.resources().size(), "thing"));
        VerdictText.print(terminal, snapshot.verdicts());
        terminal.print(resources(snapshot));
    }

    /** Puts resources together that look the same. */
    private static Table resources(Snapshot snapshot) {
        Map<Long, String> names = new HashMap<>();
        snapshot.greenlets().forEach(greenlet -> names.put(greenlet.id(), greenlet.name()));
        Table table = new Table(">WAITING", ">THINGS", "KIND", "FOR", ">FILLED", "HELD OR USED BY");
        snapshot.resources().stream()
                .collect(Collectors.groupingBy(
                        resource ->
                                List.of(resource.kind(), resource.name(), filled(resource), holders(resource, names)),
                        Collectors.summarizingInt(ResourceSnapshot::waiting)))
                .entrySet()
                .stream()
                .sorted(Comparator.comparingLong(entry -> -entry.getValue().getSum()))
                .forEach(entry -> table.row(
                        Text.count(entry.getValue().getSum()),
                        Text.count(entry.getValue().getCount()),
                        entry.getKey().get(0),
                        entry.getKey().get(1),
                        entry.getKey().get(2),
                        entry.getKey().get(3)));
        return table;
    }

    private static String holders(ResourceSnapshot resource, Map<Long, String> names) {
        List<Long> holders = resource.holders();
        return holders.stream()
                        .limit(MOST_HOLDERS)
                        .map(id -> names.getOrDefault(id, "") + "(" + id + ")")
                        .collect(Collectors.joining(", "))
                + (holders.size() > MOST_HOLDERS ? " ..." : "");
    }

    private static String filled(ResourceSnapshot resource) {
        if (resource.size() < 0) {
            return "";
        }
        return resource.size() + (resource.capacity() < 0 ? "" : "/" + resource.capacity());
    }

    private int showAround(Group group) {
        String json = group.ask(asked -> asked.around(around, hops));
        if (output.isJson()) {
            output.terminal().print(json);
            return 0;
        }
        WaitGraphSnapshot graph = Form.read(WaitGraphSnapshot.class, json);
        Map<String, WaitGraphSnapshot.Node> nodes = new HashMap<>();
        graph.nodes().forEach(node -> nodes.put(node.key(), node));
        if (nodes.isEmpty()) {
            throw new ToolFailure("there is no greenlet " + around + " in " + group + "; it may have ended");
        }
        for (WaitGraphSnapshot.Edge edge : graph.edges()) {
            boolean stuck = isStuck(nodes, edge.from()) && isStuck(nodes, edge.to());
            String line = name(nodes, edge.from()) + " " + edge.label() + " " + name(nodes, edge.to());
            if (stuck) {
                output.terminal().print(line, Style.fg_red);
            } else {
                output.terminal().print(line);
            }
        }
        return 0;
    }

    private static boolean isStuck(Map<String, WaitGraphSnapshot.Node> nodes, String key) {
        WaitGraphSnapshot.Node node = nodes.get(key);
        return node != null && node.stuck();
    }

    private static String name(Map<String, WaitGraphSnapshot.Node> nodes, String key) {
        WaitGraphSnapshot.Node node = nodes.get(key);
        return node == null ? key : node.name() + " (" + key.substring(1) + ")";
    }
}
