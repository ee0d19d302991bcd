package dev.weft.bench;

import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.machine.ResultFile;
import dev.weft.bench.systems.Measurement;
import dev.weft.bench.targets.Target;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures owners, supervisors, workers, transactions, and the messages of clusters. */
@Command(
        name = "systems",
        mixinStandardHelpOptions = true,
        description = "Measure owners, supervisors, workers, transactions, and clusters: text and JSON.")
final class Systems implements Callable<Integer> {
    @Option(names = "--only", split = ",", description = "Only the measurements whose name begins so (all).")
    private List<String> only = new ArrayList<>();

    @Option(names = "--rounds", defaultValue = "5", description = "Rounds of each measurement (${DEFAULT-VALUE}).")
    private int rounds;

    @Option(names = "--out", defaultValue = "target/systems", description = "Output directory (${DEFAULT-VALUE}).")
    private Path out = Path.of("target/systems");

    @Override
    public Integer call() throws Exception {
        if (rounds < 1) {
            throw new BenchFailure("--rounds must be at least 1: " + rounds);
        }
        List<Target> targets = new ArrayList<>();
        for (Measurement measurement : Measurement.all()) {
            if (only.isEmpty() || only.stream().anyMatch(measurement.name()::startsWith)) {
                List<Target> measured = measurement.measure(rounds);
                measured.forEach(target -> System.out.println(target.text()));
                targets.addAll(measured);
            }
        }
        if (targets.isEmpty()) {
            throw new BenchFailure("no measurement has a name that begins with one of " + only);
        }
        ResultFile.write(out.resolve("systems.json"), "systems", List.of(), targets);
        return 0;
    }
}
