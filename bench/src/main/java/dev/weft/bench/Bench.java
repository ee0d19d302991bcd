package dev.weft.bench;

import dev.weft.bench.cost.Costs;
import dev.weft.bench.idle.Idle;
import dev.weft.bench.load.Load;
import dev.weft.bench.look.Look;
import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.scale.Scale;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands of this module: {@code java -jar bench/target/weft-bench.jar <command>}. */
@Command(
        name = "weft-bench",
        mixinStandardHelpOptions = true,
        description = "Measures the cost of greenlets against virtual threads, platform threads and a bare loop.",
        subcommands = {
            C10k.class,
            Suite.class,
            Targets.class,
            Publish.class,
            Load.class,
            CompareWithWrk.class,
            Scale.class,
            Jmh.class,
            Costs.class,
            Idle.class,
            Look.class,
            Systems.class
        })
public final class Bench {
    private Bench() {}

    /** Runs the command and exits with its status: 0 for success, 1 for a failure, 2 for a wrong option. */
    public static void main(String[] args) {
        System.exit(run(args));
    }

    static int run(String... args) {
        return new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (failure instanceof BenchFailure) {
                        System.err.println(failure.getMessage());
                    } else {
                        failure.printStackTrace();
                    }
                    return 1;
                })
                .execute(args.length == 0 ? new String[] {"--help"} : args);
    }
}
