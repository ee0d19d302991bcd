package dev.weft.io;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test after which there are more pipes, open files below a temporary directory of JUnit's, threads that read
 * input, or processes than before. What is closed without being waited for has some seconds.
 */
@SuppressWarnings("exports") // JUnit is there where this is used
public final class NothingLeft implements BeforeEachCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(NothingLeft.class);
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** For JUnit. */
    public NothingLeft() {}

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        context.getStore(NAMESPACE).put(Map.class, count());
    }

    @Override
    @SuppressWarnings("unchecked") // put there by beforeEach
    public void afterEach(ExtensionContext context) throws IOException {
        Map<String, Integer> before =
                Objects.requireNonNull(context.getStore(NAMESPACE).get(Map.class, Map.class), "beforeEach has not run");
        long begin = System.nanoTime();
        Map<String, Integer> after = count();
        while (isMore(before, after) && System.nanoTime() - begin < PATIENCE_NANOS) {
            Thread.yield();
            after = count();
        }
        if (isMore(before, after)) {
            throw new AssertionError("the test left something: " + before + " before, " + after + " after");
        }
    }

    private static boolean isMore(Map<String, Integer> before, Map<String, Integer> after) {
        return after.entrySet().stream().anyMatch(kind -> kind.getValue() > before.getOrDefault(kind.getKey(), 0));
    }

    static Map<String, Integer> count() throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path entry : entries) {
                String target = target(entry);
                if (target.startsWith("pipe:")) {
                    counts.merge("pipes", 1, Integer::sum);
                } else if (target.contains("/junit")) {
                    counts.merge(target, 1, Integer::sum);
                }
            }
        }
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("weft-call")
                    || (thread.getName().startsWith("weft-input")
                            && !thread.getName().endsWith("standard input"))) {
                counts.merge("threads", 1, Integer::sum);
            }
        }
        ProcessHandle.current()
                .descendants()
                .forEach(process -> counts.merge("process " + process.pid(), 1, Integer::sum));
        return counts;
    }

    private static String target(Path entry) {
        try {
            return Files.readSymbolicLink(entry).toString();
        } catch (IOException e) {
            return ""; // gone meanwhile
        }
    }
}
