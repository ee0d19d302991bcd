package dev.weft.bench.scale;

import dev.weft.bench.machine.BenchFailure;
import dev.weft.bench.machine.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What each collector does to a loop on which a million greenlets are parked, and some of them are woken all the time. */
@Command(
        name = "pauses",
        mixinStandardHelpOptions = true,
        description = "Collector pauses with a million parked greenlets, by collector: table and JSON.")
public final class Pauses implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final String ROW = "%-10s %9s %14s %7s %10s %10s %9s %15s%n";

    @Option(names = "--collectors", split = ",", description = "Which: ${COMPLETION-CANDIDATES} (all).")
    private List<Collector> collectors = List.of(Collector.values());

    @Option(names = "--count", defaultValue = "1000000", description = "Parked greenlets (${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--window", defaultValue = "20", description = "Seconds of each (${DEFAULT-VALUE}).")
    private long windowSeconds;

    @Option(names = "--heap", defaultValue = "3g", description = "Heap of each, from the start (${DEFAULT-VALUE}).")
    private String heap = "";

    @Option(names = "--out", defaultValue = "target/pauses.json", description = "For all results (${DEFAULT-VALUE}).")
    private Path out = Path.of("");

    @Override
    public Integer call() throws IOException {
        System.out.printf(
                ROW,
                "collector",
                "live MiB",
                "wake-ups/s",
                "pauses",
                "median ms",
                "longest ms",
                "paused %",
                "longest gap ms");
        List<PauseFigures> all = new ArrayList<>();
        for (Collector collector : collectors) {
            PauseFigures figures = measure(collector);
            all.add(figures);
            System.out.printf(
                    ROW,
                    collector.label(),
                    figures.liveMiB(),
                    String.format(Locale.ROOT, "%,.0f", figures.wakeUpsPerSecond()),
                    figures.pauses(),
                    millis(figures.medianMillis()),
                    millis(figures.longestMillis()),
                    millis(figures.pausedPercent()),
                    millis(figures.longestGapMillis()));
        }
        ResultFile.write(out, "pauses", heapFlags(), all);
        return 0;
    }

    private static String millis(double number) {
        return String.format(Locale.ROOT, number < 1 ? "%.3f" : "%.1f", number);
    }

    private List<String> heapFlags() {
        return List.of("-Xms" + heap, "-Xmx" + heap);
    }

    private PauseFigures measure(Collector collector) throws IOException {
        Path log = Files.createTempFile("weft-bench-", ".safepoints");
        List<String> arguments = new ArrayList<>(ResultFile.WEFT_FLAGS);
        arguments.addAll(heapFlags());
        arguments.addAll(collector.flags());
        arguments.add(String.format(Locale.ROOT, SafepointLog.FLAG, log));
        arguments.add(Mill.class.getName());
        arguments.add(Integer.toString(count));
        arguments.add(Long.toString(windowSeconds));
        try (Child mill = Child.java("mill with " + collector.label(), List.of(), arguments)) {
            String line = mill.nextLine(PATIENCE);
            mill.finish(PATIENCE); // by then its log is whole
            try (Stream<String> lines = Files.lines(log)) {
                return figures(collector, line, SafepointLog.parse(lines));
            }
        } finally {
            Files.deleteIfExists(log);
        }
    }

    private PauseFigures figures(Collector collector, String said, List<SafepointLog.Stop> stops) {
        String[] numbers = said.split(" ", -1);
        if (numbers.length != 5) {
            throw new BenchFailure("the mill with " + collector.label() + " said \"" + said + "\"");
        }
        long begin = Long.parseLong(numbers[3]);
        long end = Long.parseLong(numbers[4]);
        double seconds = (end - begin) / 1e9;
        List<SafepointLog.Stop> within = stops.stream()
                .filter(stop -> stop.isCollection() && stop.beginNanos() >= begin && stop.endNanos() <= end)
                .toList();
        return new PauseFigures(
                collector,
                count,
                seconds,
                Long.parseLong(numbers[0]),
                Long.parseLong(numbers[1]) / seconds,
                Long.parseLong(numbers[2]) / 1e6,
                within.stream().map(SafepointLog.Stop::why).distinct().sorted().toList(),
                within.stream().map(stop -> stop.nanos() / 1e6).sorted().toList());
    }
}
