package dev.weft.sight.tool;

import dev.weft.observe.GreenletSnapshot;
import dev.weft.observe.WaitSnapshot;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** All that is known of all greenlets. */
@Command(
        name = "dump",
        mixinStandardHelpOptions = true,
        description = "Prints all greenlets with their stacks. Reads them in pages, so there may be a million.")
final class DumpCommand implements Callable<Integer> {
    private static final int PAGE = 5_000;

    @Mixin
    private final Target target = new Target();

    @Option(names = "--filter", paramLabel = "WORDS", description = PsCommand.FILTER)
    private String filter = "";

    @Option(names = "--no-stacks", description = "Leave out the stacks, which take most of the time.")
    private boolean noStacks;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        return target.forEachGroup(this::dump);
    }

    private int dump(Group group) {
        long after = 0;
        while (true) {
            long from = after;
            String json = group.ask(asked -> asked.page(filter, from, PAGE, !noStacks));
            List<GreenletSnapshot> page = Form.readList(GreenletSnapshot.class, json);
            if (page.isEmpty()) {
                return 0;
            }
            if (output.isJson()) {
                output.terminal().print(json);
            } else {
                page.forEach(this::print);
            }
            after = page.getLast().id();
        }
    }

    private void print(GreenletSnapshot greenlet) {
        Terminal terminal = output.terminal();
        terminal.print(
                "#" + greenlet.id() + " \"" + greenlet.name() + "\" " + greenlet.state() + " on " + greenlet.loop(),
                Style.bold);
        WaitSnapshot wait = greenlet.awaits();
        if (!wait.what().isEmpty()) {
            terminal.print("  has waited " + Text.duration(wait.sinceNanos()) + " for " + wait.what());
        }
        terminal.print(
                "  spawned at " + greenlet.spawnSite() + (greenlet.spawner() == 0 ? "" : " by #" + greenlet.spawner()));
        StackText.folded(greenlet.stack()).forEach(frame -> terminal.print("    " + frame));
        terminal.print("");
    }
}
