package dev.weft.workers;

import java.io.File;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * An ahead-of-time cache (JEP 483, JEP 514), from which worker processes start sooner: their classes, loaded and linked. The first
 * pool of a program makes it in the background, with a process that runs a {@link Rehearsal}; later pools, also those of later
 * runs, use it.
 *
 * <p>The name of the file is a hash of what it depends on: the JVM, its arguments, and the path, size and time of each file of
 * the class path. The JVM checks that once more, and ignores a cache that does not fit. There is none for a class path with
 * directories, which the JVM does not support. Whatever goes wrong, workers start without it.
 */
final class StartupCache {
    private static final System.Logger LOGGER = System.getLogger("dev.weft.workers");
    private static final String SUFFIX = ".aot";
    private static final String UNFINISHED = ".unfinished";
    private static final String SILENT = "-Xlog:disable"; // about a cache that does not fit
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration KEPT_UNUSED = Duration.ofDays(30);
    private static final Set<Path> ATTEMPTED = ConcurrentHashMap.newKeySet(); // by this process, once each

    private final Path file;
    private final List<String> launch;

    private StartupCache(Path file, List<String> launch) {
        this.file = file;
        this.launch = launch;
    }

    /** Returns the directory for the caches of this user. */
    static Path userDirectory() {
        String caches = System.getenv("XDG_CACHE_HOME");
        return (caches == null || caches.isEmpty()
                        ? Path.of(System.getProperty("user.home"), ".cache")
                        : Path.of(caches))
                .resolve("weft");
    }

    /**
     * Returns the cache for JVMs that are started with {@code launch}, which need not exist; empty if there cannot be one. Blocks
     * for a few microseconds per entry of the class path.
     *
     * @param launch the program, its options, and the class path, without the main class
     */
    static Optional<StartupCache> of(Path directory, List<String> launch, String classPath) {
        try {
            return Optional.of(new StartupCache(directory.resolve(key(launch, classPath) + SUFFIX), launch));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String key(List<String> launch, String classPath) throws IOException {
        List<String> parts = new ArrayList<>(launch);
        parts.add(System.getProperty("java.vm.vendor") + System.getProperty("java.vm.version"));
        for (String entry : classPath.split(File.pathSeparator, -1)) {
            Path path = Path.of(entry).toAbsolutePath();
            BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
            if (!attributes.isRegularFile()) {
                throw new IOException(entry + " is not a file");
            }
            parts.add(path + " " + attributes.size() + " " + attributes.lastModifiedTime());
        }
        try {
            byte[] text = String.join("\n", parts).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text), 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has it", e);
        }
    }

    /** Returns the options with which a JVM uses it; none if it does not exist. */
    List<String> options() {
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now())); // it is in use
        } catch (IOException e) {
            // it can be read, which is enough
        }
        return List.of("-XX:AOTCache=" + file, SILENT);
    }

    /** Makes the cache in the background if it does not exist. Tries once in the life of this process. Never waits. */
    void makeSoon() {
        if (!Files.exists(file) && ATTEMPTED.add(file)) {
            Thread.ofPlatform().name("startup cache").daemon().start(this::tryToMake);
        }
    }

    private void tryToMake() {
        try {
            make();
        } catch (IOException e) {
            LOGGER.log(Level.DEBUG, "workers start without a cache", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Makes the cache, unless another process is doing so. Takes some seconds, in another process, which ends with this one. */
    void make() throws IOException, InterruptedException {
        Files.createDirectories(file.getParent());
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        if (Files.exists(unfinished) && isYoungerThan(PATIENCE, unfinished)) {
            return;
        }
        Files.deleteIfExists(unfinished);
        Files.createFile(unfinished);
        try {
            rehearse(unfinished);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            removeUnused();
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private void rehearse(Path output) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(launch);
        command.addAll(1, List.of("-XX:AOTCacheOutput=" + output, SILENT));
        command.add(Rehearsal.class.getName());
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("the rehearsal failed: " + process);
            }
        } finally {
            process.destroyForcibly();
        }
        if (Files.size(output) == 0) {
            throw new IOException("the rehearsal has written no cache");
        }
    }

    private void removeUnused() throws IOException {
        try (DirectoryStream<Path> caches = Files.newDirectoryStream(file.getParent(), "*" + SUFFIX)) {
            for (Path cache : caches) {
                if (!isYoungerThan(KEPT_UNUSED, cache)) {
                    Files.deleteIfExists(cache);
                }
            }
        }
    }

    private static boolean isYoungerThan(Duration age, Path path) throws IOException {
        return Files.getLastModifiedTime(path).toInstant().isAfter(Instant.now().minus(age));
    }

    /** Returns the path of the file. */
    @Override
    public String toString() {
        return file.toString();
    }
}
