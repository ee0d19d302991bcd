package dev.weft.workers.internal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * The private directory in which a worker finds a socket of this process. It lasts until the worker has connected. If this process
 * is killed before, its workers remove it; if there is none, the next pool of the same user does. All methods block.
 */
public final class SocketDirectory {
    private static final String PREFIX = "weft-worker-";
    private static final Path PARENT = Path.of(System.getProperty("java.io.tmpdir"));

    private SocketDirectory() {}

    /** Returns what the names of the directories of process {@code pid} begin with. */
    public static String prefix(long pid) {
        return PREFIX + pid + "-";
    }

    /** Creates a directory that only its owner can enter. */
    public static Path create() throws IOException {
        return Files.createTempDirectory(prefix(ProcessHandle.current().pid()));
    }

    /** Returns where the socket is. */
    public static Path socket(Path directory) {
        return directory.resolve("socket");
    }

    /** Removes a directory and its socket, as far as they exist and are ours. */
    public static void remove(Path directory) {
        try {
            Files.deleteIfExists(socket(directory));
            Files.deleteIfExists(directory);
        } catch (IOException e) {
            // it belongs to another user, or is being removed
        }
    }

    /** Removes the directories of all workers of the process that listened at {@code socket} and has ended. */
    public static void removeAll(Path socket) {
        String pid = pid(Objects.requireNonNull(socket.getParent(), "directory"));
        removeThoseOf(pid::equals);
    }

    /** Removes the directories of processes that do not exist any more. */
    public static void removeStale() {
        removeThoseOf(pid -> pid.matches("\\d{1,10}")
                && ProcessHandle.of(Long.parseLong(pid)).isEmpty());
    }

    private static void removeThoseOf(Predicate<String> creator) {
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(PARENT, PREFIX + "*-*")) {
            for (Path directory : directories) {
                if (creator.test(pid(directory))) {
                    remove(directory);
                }
            }
        } catch (IOException e) {
            // they stay until the next time
        }
    }

    private static String pid(Path directory) {
        String name = directory.getFileName().toString();
        return name.substring(PREFIX.length(), name.indexOf('-', PREFIX.length()));
    }
}
