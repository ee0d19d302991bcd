package dev.weft.workers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Worker processes start from a cache, if there is one that fits, and start anyway. */
@Timeout(120)
final class StartupCacheTest {
    @TempDir
    private Path directory;

    private Path caches = Path.of("");
    private String classPath = "";

    @BeforeEach
    void packClassPath() throws IOException {
        caches = directory.resolve("caches");
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            entries.add(Files.isDirectory(path) ? packed(path, entries.size()).toString() : entry);
        }
        classPath = String.join(File.pathSeparator, entries);
    }

    private Path packed(Path classes, int number) throws IOException {
        Path jar = directory.resolve(number + ".jar");
        try (OutputStream bytes = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(bytes);
                Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                out.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, out);
            }
        }
        return jar;
    }

    private StartupCache cache() {
        return StartupCache.of(caches, launch(), classPath).orElseThrow();
    }

    private List<String> launch() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-opens",
                "java.base/java.lang=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "--class-path",
                classPath);
    }

    /** Runs a rehearsal in a JVM with {@code options}; returns its exit code. */
    private int run(List<String> options) throws Exception {
        List<String> command = new ArrayList<>(launch());
        command.addAll(1, options);
        command.add(Rehearsal.class.getName());
        Process process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor();
    }

    private Path onlyCache() throws IOException {
        try (Stream<Path> files = Files.list(caches)) {
            List<Path> all = files.toList();
            assertEquals(1, all.size(), all::toString);
            return all.getFirst();
        }
    }

    @Test
    void aCacheIsMadeOnceAndUsed() throws Exception {
        assertEquals(List.of(), cache().options());
        cache().make();
        List<String> options = cache().options();
        assertEquals("-XX:AOTCache=" + onlyCache(), options.getFirst());
        List<String> required = new ArrayList<>(options);
        required.add("-XX:AOTMode=on"); // fails without the cache
        assertEquals(0, run(required));
        Files.writeString(onlyCache(), "damaged");
        assertNotEquals(0, run(required), "a JVM that requires the cache notices");
        assertEquals(0, run(options), "a worker starts with a damaged cache");
    }

    @Test
    void aChangedClassPathHasAnotherCache() throws Exception {
        Files.createDirectories(caches);
        Path jar = directory.resolve("a.jar");
        Files.writeString(jar, "a");
        Optional<StartupCache> before = StartupCache.of(caches, launch(), jar.toString());
        Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
        Optional<StartupCache> after = StartupCache.of(caches, launch(), jar.toString());
        assertNotEquals(before.orElseThrow().toString(), after.orElseThrow().toString());
        assertEquals(
                after.orElseThrow().toString(),
                StartupCache.of(caches, launch(), jar.toString()).orElseThrow().toString());
        assertNotEquals(
                after.orElseThrow().toString(),
                StartupCache.of(caches, List.of("java"), jar.toString())
                        .orElseThrow()
                        .toString());
    }

    @Test
    void aClassPathWithDirectoriesHasNone() {
        assertTrue(StartupCache.of(caches, launch(), directory.toString()).isEmpty());
        assertTrue(StartupCache.of(
                        caches, launch(), directory.resolve("missing.jar").toString())
                .isEmpty());
    }

    @Test
    void aRehearsalThatFailsLeavesNothing() throws Exception {
        StartupCache broken =
                StartupCache.of(caches, List.of("/bin/false"), classPath).orElseThrow();
        assertThrows(IOException.class, broken::make);
        try (Stream<Path> files = Files.list(caches)) {
            assertEquals(List.of(), files.toList());
        }
        assertEquals(List.of(), broken.options());
    }

    @Test
    void aDirectoryThatCannotBeMadeIsNoHarm() throws Exception {
        Files.writeString(caches, "not a directory");
        assertThrows(IOException.class, () -> cache().make());
        assertEquals(List.of(), cache().options());
    }

    @Test
    void onlyOneProcessMakesIt() throws Exception {
        StartupCache cache =
                StartupCache.of(caches, List.of("/bin/false"), classPath).orElseThrow();
        Files.createDirectories(caches);
        Path unfinished = Path.of(cache + ".unfinished");
        Files.createFile(unfinished);
        cache.make();
        assertTrue(Files.exists(unfinished), "another process is at it");
        Files.setLastModifiedTime(unfinished, FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        assertThrows(IOException.class, cache::make);
        assertFalse(Files.exists(unfinished));
    }
}
