package dev.weft.sight.tool;

import dev.weft.management.GroupOperations;
import dev.weft.observe.VerdictSnapshot;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Greenlets that nothing can wake any more. */
@Command(
        name = "leaks",
        mixinStandardHelpOptions = true,
        description =
                "Looks for greenlets that nothing alive can ever wake. Stops the program for as long as a heap dump"
                        + " takes. Exits with 3 if there are any.")
final class LeaksCommand implements Callable<Integer> {
    @Mixin
    private final Target target = new Target();

    @Mixin
    private final Output output = new Output();

    @Override
    public Integer call() {
        return target.forEachGroup(this::show);
    }

    private int show(Group group) {
        String json = group.ask(GroupOperations::leaks);
        List<VerdictSnapshot> leaks = Form.readList(VerdictSnapshot.class, json);
        Terminal terminal = output.terminal();
        if (output.isJson()) {
            terminal.print(json);
        } else {
            int greenlets =
                    leaks.stream().mapToInt(leak -> leak.greenlets().size()).sum();
            terminal.print(
                    group + ": " + (greenlets == 0 ? "no leaked greenlets" : Text.count(greenlets, "leaked greenlet")));
            VerdictText.print(terminal, leaks);
        }
        return leaks.isEmpty() ? 0 : Sight.TROUBLE;
    }
}
