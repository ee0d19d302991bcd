package dev.weft.http;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class's test after which the process holds more sockets than before it. What is closed in the background has some
 * seconds. Does nothing where there is no {@code /proc}.
 */
final class NoSocketLeaks implements BeforeEachCallback, AfterEachCallback {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(NoSocketLeaks.class);
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        context.getStore(NAMESPACE).put(Integer.class, sockets());
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        int before = Objects.requireNonNull(context.getStore(NAMESPACE).get(Integer.class, Integer.class));
        long begin = System.nanoTime();
        int after = sockets();
        while (after > before + 1 && System.nanoTime() - begin < PATIENCE_NANOS) { // the JDK keeps one to close others
            Thread.yield();
            after = sockets();
        }
        if (after > before + 1) {
            throw new AssertionError("the test left sockets open: " + before + " before, " + after + " after");
        }
    }

    static int sockets() throws IOException {
        int count = 0;
        if (Files.isDirectory(DESCRIPTORS)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(DESCRIPTORS)) {
                for (Path entry : entries) {
                    count += isSocket(entry) ? 1 : 0;
                }
            }
        }
        return count;
    }

    private static boolean isSocket(Path entry) throws IOException {
        try {
            return Files.readSymbolicLink(entry).toString().startsWith("socket:");
        } catch (NoSuchFileException e) {
            return false; // closed meanwhile
        }
    }
}
