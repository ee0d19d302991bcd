package dev.weft.sight.tool;

import dev.weft.observe.GreenletSnapshot;
import dev.weft.observe.Snapshot;
import dev.weft.observe.WaitSnapshot;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Who is there. */
@Command(
        name = "ps",
        mixinStandardHelpOptions = true,
        description = "Lists the greenlets of a program; without TARGET, the programs that use Weft.")
final class PsCommand implements Callable<Integer> {
    static final String FILTER =
            "Only greenlets with all these words in their name, spawn site, wait, loop or state; state:waiting,"
                    + " loop:weft-0, site:Server.java:12 and kind:channel match one of them.";

    @Parameters(arity = "0..1", paramLabel = "TARGET", description = "A process ID, or the path of a group's socket.")
    private String target = "";

    @Option(names = "--group", paramLabel = "NAME", description = "Only the group of this name.")
    private String group = "";

    @Option(names = "--filter", paramLabel = "WORDS", description = FILTER)
    private String filter = "";

    @Option(
            names = "--limit",
            paramLabel = "N",
            description =
                    "If more greenlets match, count them by spawn site and wait instead; ${DEFAULT-VALUE} by default.")
    private int limit = 1_000;

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        return target.isEmpty() ? listPrograms() : Target.forEachGroup(target, group, this::show);
    }

    private int listPrograms() {
        List<Programs.Entry> programs = Programs.find();
        if (output.isJson()) {
            output.terminal().print(Form.write(programs));
            return 0;
        }
        Table table = new Table(">PID", "WEFT", "PROGRAM");
        for (Programs.Entry entry : programs) {
            table.row(Long.toString(entry.pid()), entry.version(), entry.main());
        }
        output.terminal().print(table);
        return 0;
    }

    private int show(Group group) {
        String json = group.ask(asked -> asked.snapshot(filter, limit, false, limit));
        if (output.isJson()) {
            output.terminal().print(json);
        } else {
            show(group, Form.read(Snapshot.class, json));
        }
        return 0;
    }

    private void show(Group group, Snapshot snapshot) {
        Terminal terminal = output.terminal();
        terminal.print(group + ": " + Text.count(snapshot.alive(), "greenlet") + " on "
                + Text.count(snapshot.loops().size(), "loop") + matched(snapshot));
        terminal.print(LoopTable.of(snapshot.loops()));
        terminal.print(snapshot.greenlets().isEmpty() ? SiteTable.of(snapshot.sites()) : greenlets(snapshot));
        int verdicts = snapshot.verdicts().size();
        if (verdicts > 0) {
            terminal.print("");
            terminal.print(
                    Text.count(verdicts, "verdict") + ": greenlets that wait for each other; see \"weft waits " + target
                            + "\"",
                    Style.fg_red);
        }
    }

    private String matched(Snapshot snapshot) {
        return filter.isEmpty() ? "" : ", of which " + Text.count(snapshot.matched()) + " match";
    }

    private static Table greenlets(Snapshot snapshot) {
        Table table = new Table(">ID", "NAME", "LOOP", "STATE", ">SINCE", "WAITS FOR", "SPAWNED AT");
        for (GreenletSnapshot greenlet : snapshot.greenlets()) {
            WaitSnapshot wait = greenlet.awaits();
            boolean waits = greenlet.state().equals("waiting");
            table.row(
                    Long.toString(greenlet.id()),
                    greenlet.name(),
                    greenlet.loop(),
                    greenlet.state(),
                    waits ? Text.duration(wait.sinceNanos()) : "",
                    wait.what(),
                    Text.place(greenlet.spawnSite()));
        }
        return table;
    }
}
