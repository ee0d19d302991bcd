package dev.weft.bench.scale;

import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.machine.Child;
import dev.weft.bench.report.Spread;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** How long it takes until a first task has run, and until a first echo is back: many short JVMs, in an order that rotates. */
@Command(
        name = "startup",
        mixinStandardHelpOptions = true,
        description = "Time until a first greenlet has run and a first echo is back, beside threads: table and JSON.")
public final class StartUp implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ROW = "%-10s %-5s %-8s %28s %28s%n";

    @Option(names = "--runs", defaultValue = "20", description = "JVMs of each (${DEFAULT-VALUE}).")
    private int runs;

    @Option(names = "--flag", description = "A flag that all JVMs get.")
    private List<String> flags = new ArrayList<>();

    @Option(names = "--out", defaultValue = "target/startup.json", description = "For all results (${DEFAULT-VALUE}).")
    private Path out = Path.of("");

    /** What a JVM is started with. */
    enum Setup {
        /** Nothing but what it must have. */
        DEFAULT,
        /** A cache of loaded classes and profiles from an earlier run: {@code -XX:AOTCache}. */
        AOT
    }

    /** What is measured; each is a JVM. */
    record Start(FirstSteps.Kind kind, FirstSteps.Step step, Setup setup) {}

    /**
     * What came of it.
     *
     * @param fromMainMillis from the first line of main
     * @param fromProcessMillis from before the process was started
     */
    record Figures(
            FirstSteps.Kind kind, FirstSteps.Step step, Setup setup, Spread fromMainMillis, Spread fromProcessMillis) {}

    private record Run(double fromMainMillis, double fromProcessMillis) {}

    @Override
    public Integer call() throws IOException {
        Path caches = Files.createTempDirectory("weft-bench-aot-");
        try {
            measure(caches);
        } finally {
            try (Stream<Path> files = Files.list(caches)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(caches);
        }
        return 0;
    }

    private void measure(Path caches) throws IOException {
        List<Start> starts = starts();
        for (Start start : starts) {
            if (start.setup() == Setup.AOT) {
                run(start, List.of("-XX:AOTCacheOutput=" + cache(caches, start), "-Xlog:aot*=off", "-Xlog:cds*=off"));
            }
        }
        Map<Start, List<Run>> all = new LinkedHashMap<>();
        starts.forEach(start -> all.put(start, new ArrayList<>()));
        for (int i = 0; i < runs; i++) {
            for (Start start : starts) {
                all.getOrDefault(start, List.of())
                        .add(run(
                                start,
                                start.setup() == Setup.AOT
                                        ? List.of("-XX:AOTCache=" + cache(caches, start))
                                        : List.of()));
            }
            Collections.rotate(starts, 1);
        }
        tell(all);
    }

    private static List<Start> starts() {
        boolean cacheable = Stream.of(System.getProperty("java.class.path").split(":", -1))
                .noneMatch(entry -> Files.isDirectory(Path.of(entry)));
        if (!cacheable) {
            System.out.println(
                    "no AOT cache: the JVM makes one only if the class path has no directory, but jars alone");
        }
        List<Start> starts = new ArrayList<>();
        for (Setup setup : cacheable ? List.of(Setup.values()) : List.of(Setup.DEFAULT)) {
            for (FirstSteps.Step step : FirstSteps.Step.values()) {
                for (FirstSteps.Kind kind : FirstSteps.Kind.values()) {
                    starts.add(new Start(kind, step, setup));
                }
            }
        }
        return starts;
    }

    private static Path cache(Path caches, Start start) {
        return caches.resolve(start.kind() + "-" + start.step() + ".aot");
    }

    private Run run(Start start, List<String> more) {
        List<String> arguments =
                new ArrayList<>(start.kind() == FirstSteps.Kind.GREENLETS ? ResultFile.WEFT_FLAGS : List.of());
        arguments.addAll(flags);
        arguments.addAll(more);
        arguments.add(FirstSteps.class.getName());
        arguments.add(start.kind().name());
        arguments.add(start.step().name());
        long before = System.currentTimeMillis();
        try (Child child = Child.java("first steps", List.of(), arguments)) {
            String line = child.nextLine(PATIENCE);
            String[] numbers = line.split(" ", -1);
            if (numbers.length != 2) {
                throw new BenchFailure("the first steps said \"" + line + "\"");
            }
            child.finish(PATIENCE);
            return new Run(Long.parseLong(numbers[0]) / 1e6, Long.parseLong(numbers[1]) - before);
        }
    }

    private void tell(Map<Start, List<Run>> all) throws IOException {
        System.out.printf(ROW, "", "until", "", "ms from main (range)", "ms from process (range)");
        List<Figures> results = new ArrayList<>();
        all.forEach((start, list) -> {
            Spread fromMain = Spread.of(list, Run::fromMainMillis);
            Spread fromProcess = Spread.of(list, Run::fromProcessMillis);
            results.add(new Figures(start.kind(), start.step(), start.setup(), fromMain, fromProcess));
            System.out.printf(
                    ROW,
                    start.kind().name().toLowerCase(Locale.ROOT),
                    start.step().name().toLowerCase(Locale.ROOT),
                    start.setup() == Setup.AOT ? "AOT" : "",
                    text(fromMain),
                    text(fromProcess));
        });
        ResultFile.write(out, "startup", flags, results);
    }

    private static String text(Spread spread) {
        return String.format(Locale.ROOT, "%.1f (%.1f-%.1f)", spread.median(), spread.lowest(), spread.highest());
    }
}
