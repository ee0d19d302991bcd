package dev.weft.sight.tool;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** How a command prints its results. */
final class Output {
    @Option(names = "--json", description = "Print the answers as JSON, each in a line.")
    private boolean json;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec command;

    /** Returns whether to print JSON. */
    boolean isJson() {
        return json;
    }

    Terminal terminal() {
        return ((Sight) command.root().userObject()).terminal();
    }
}
