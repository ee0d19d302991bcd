package dev.weft.sight.tool;

import dev.weft.observe.GreenletSnapshot;
import dev.weft.observe.Snapshot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Who belongs to whom. */
@Command(
        name = "tree",
        mixinStandardHelpOptions = true,
        description =
                "Shows the greenlets as a tree: below each those that were spawned into its scopes. Alike children"
                        + " without children of their own share a line.")
final class TreeCommand implements Callable<Integer> {
    private static final int MOST = 5_000;
    private static final String INDENT = "  ";

    @Mixin
    private final Target target = new Target();

    @Option(names = "--spawners", description = "Below each greenlet those that it spawned, into whatever scope.")
    private boolean spawners;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        return target.forEachGroup(this::show);
    }

    private int show(Group group) {
        String json = group.ask(asked -> asked.snapshot("", MOST, false, MOST));
        if (output.isJson()) {
            output.terminal().print(json);
            return 0;
        }
        Snapshot snapshot = Form.read(Snapshot.class, json);
        output.terminal().print(group + ": " + Text.count(snapshot.alive(), "greenlet"));
        if (snapshot.greenlets().isEmpty()) {
            output.terminal().print(SiteTable.of(snapshot.sites())); // too many for a tree
        } else {
            print(children(snapshot.greenlets()), 0L, "");
        }
        return 0;
    }

    /** Returns the greenlets by the ID of the one above them; 0 if that is none or has ended. */
    private Map<Long, List<GreenletSnapshot>> children(List<GreenletSnapshot> greenlets) {
        Map<Long, GreenletSnapshot> present =
                greenlets.stream().collect(Collectors.toMap(GreenletSnapshot::id, greenlet -> greenlet));
        return greenlets.stream().collect(Collectors.groupingBy(greenlet -> {
            long above = spawners ? greenlet.spawner() : greenlet.parent();
            return present.containsKey(above) && above != greenlet.id() ? above : 0;
        }));
    }

    private void print(Map<Long, List<GreenletSnapshot>> children, long above, String indent) {
        for (List<GreenletSnapshot> alike : lines(children, children.getOrDefault(above, List.of()))) {
            output.terminal().print(indent + text(alike));
            if (alike.size() == 1) {
                print(children, alike.get(0).id(), indent + INDENT);
            }
        }
    }

    /** Puts greenlets together that differ in nothing but their names and have no children. */
    private static List<List<GreenletSnapshot>> lines(
            Map<Long, List<GreenletSnapshot>> children, List<GreenletSnapshot> greenlets) {
        Map<String, List<GreenletSnapshot>> lines = greenlets.stream()
                .collect(Collectors.groupingBy(
                        greenlet -> children.containsKey(greenlet.id())
                                ? Long.toString(greenlet.id())
                                : greenlet.spawnSite()
                                        + greenlet.state()
                                        + greenlet.awaits().kind(),
                        LinkedHashMap::new,
                        Collectors.toList()));
        return List.copyOf(lines.values());
    }

    private static String text(List<GreenletSnapshot> alike) {
        GreenletSnapshot first = alike.get(0);
        String who = alike.size() == 1
                ? first.name() + " (" + first.id() + ")"
                : Text.count(alike.size()) + " x " + first.name() + " ...";
        String wait = first.awaits().what().isEmpty()
                ? first.state()
                : "has waited " + Text.duration(first.awaits().sinceNanos()) + " for "
                        + first.awaits().what();
        return who + ", " + wait + ", spawned at " + Text.place(first.spawnSite());
    }
}
