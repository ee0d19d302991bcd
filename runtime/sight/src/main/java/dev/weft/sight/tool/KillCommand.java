package dev.weft.sight.tool;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Kills a greenlet. */
@Command(
        name = "kill",
        mixinStandardHelpOptions = true,
        description =
                "Kills a greenlet, if the program allows that; its wait throws Cancelled, and finally blocks run.")
final class KillCommand implements Callable<Integer> {
    @Mixin
    private final Target target = new Target();

    @Parameters(index = "1", paramLabel = "ID", description = "The greenlet's ID, as ps shows it.")
    private long id;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Becomes part of the exception's message.")
    private String reason = "killed with weft kill";

    @Mixin
    private final Output output = new Output();

    private boolean found;

    @Override
    public Integer call() {
        target.forEachGroup(this::kill);
        if (!found) {
            throw new ToolFailure("there is no greenlet " + id + "; \"weft ps " + target.target()
                    + "\" lists those that have not ended");
        }
        return 0;
    }

    private int kill(Group group) {
        boolean killed = group.ask(asked -> asked.kill(id, reason));
        found |= killed;
        if (output.isJson()) {
            output.terminal().print(Boolean.toString(killed));
        } else if (killed) {
            output.terminal()
                    .print("greenlet " + id + " of " + group.name()
                            + " has been asked to end; it does at its next wait");
        }
        return 0;
    }
}
