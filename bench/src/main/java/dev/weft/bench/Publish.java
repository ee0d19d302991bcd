package dev.weft.bench;

import dev.weft.bench.report.Page;
import dev.weft.bench.report.ReadmeFigures;
import dev.weft.bench.report.Results;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Updates what is derived from saved results: the figures in Markdown files, and the page with charts. */
@Command(
        name = "publish",
        mixinStandardHelpOptions = true,
        description =
                "Update the figures in Markdown files, between their markers, from saved results; and redraw the page.")
final class Publish implements Callable<Integer> {
    @Option(names = "--results", required = true, description = "The JSON file of a comparison.")
    private Path results = Path.of("");

    @Option(names = "--page", description = "Where to write the page with charts.")
    private @Nullable Path page;

    @Parameters(description = "The Markdown files to update.")
    private List<Path> files = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        ReadmeFigures figures = ReadmeFigures.of(results);
        for (Path file : files) {
            Files.writeString(file, figures.in(Files.readString(file, StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
        }
        if (page != null) {
            Files.writeString(page, Page.of(Results.read(results)), StandardCharsets.UTF_8);
        }
        return 0;
    }
}
