package dev.weft.examples;

import dev.weft.Weft;
import dev.weft.io.Lines;
import dev.weft.io.file.DirectoryEntries;
import dev.weft.io.file.Files;
import dev.weft.sync.Pool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Counts the most frequent words in the {@code .java} files of a directory tree, reading sixteen files at a time. All
 * greenlets update one plain map without a lock, because a loop switches greenlets only at waits.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar word-count [DIRECTORY]}
 */
public final class WordCount {
    private static final int READERS = 16;
    private static final int SHOWN = 5;
    private static final Pattern WORD = Pattern.compile("[a-zA-Z]+");

    private WordCount() {}

    /** Counts below the directory given as the argument, by default the working directory. */
    public static void main(String[] args) throws IOException {
        Path root = Path.of(args.length > 0 ? args[0] : ".");
        Map<String, Integer> counts = new HashMap<>();
        Weft.run(() -> {
            try (DirectoryEntries tree = Files.walk(root);
                    Pool readers = new Pool(READERS)) {
                for (Path path : tree) {
                    if (path.toString().endsWith(".java")) {
                        readers.spawn(() -> count(path, counts)); // waits while all readers are busy
                    }
                }
                readers.join();
            }
        });
        counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(SHOWN)
                .forEach(entry -> System.out.println(entry.getValue() + " " + entry.getKey()));
    }

    private static void count(Path path, Map<String, Integer> counts) throws IOException {
        try (Lines lines = Files.lines(path)) {
            for (String line : lines) {
                WORD.matcher(line)
                        .results()
                        .forEach(word -> counts.merge(word.group().toLowerCase(Locale.ROOT), 1, Integer::sum));
            }
        }
    }
}
