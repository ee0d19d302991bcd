package dev.weft.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.workers.internal.SocketDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test that leaves a process, or a directory of a worker, behind. */
final class NothingLeft implements AfterEachCallback {
    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        assertEquals(List.of(), ProcessHandle.current().descendants().toList(), "processes");
        assertEquals(List.of(), directories(ProcessHandle.current().pid()), "directories");
    }

    /** Returns the directories of the workers of process {@code pid}. */
    static List<Path> directories(long pid) {
        try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return all.filter(path -> path.getFileName().toString().startsWith(SocketDirectory.prefix(pid)))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
