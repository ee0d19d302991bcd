package dev.weft.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.launch.Launcher;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** How the programs start: with the flag, without it, on an old Java, without a name. */
class StartTest {
    private static final int JAVA_8_CLASS_FILES = 52;

    @Test
    void withoutANameAllAreListed() throws Exception {
        try (FreshJvm examples = FreshJvm.example()) {
            assertEquals(0, examples.exitStatus());
            List<String> lines = examples.restOfOutput();
            for (String name : List.of(
                    "hello",
                    "ping-pong",
                    "producer-consumer",
                    "pipeline",
                    "happy-eyeballs",
                    "download",
                    "tree-walk",
                    "same-fringe",
                    "sleepers",
                    "chat",
                    "proxy",
                    "reconnect",
                    "echo-automatic",
                    "echo-explicit",
                    "hello-http",
                    "http-server",
                    "crawler",
                    "echo")) {
                assertTrue(lines.stream().anyMatch(line -> line.startsWith("  " + name + " ")), name);
            }
        }
    }

    @Test
    void anUnknownNameIsToldInTwoLines() throws Exception {
        try (FreshJvm examples = FreshJvm.example("goodbye")) {
            assertEquals(2, examples.exitStatus());
            assertEquals(2, examples.errors().size(), examples.errors()::toString);
            assertTrue(examples.errors().get(0).contains("no example \"goodbye\""), examples.errors()::toString);
        }
    }

    @Test
    void aWordInPlaceOfANumberIsToldInTwoLines() throws Exception {
        try (FreshJvm examples = FreshJvm.example("ping-pong", "many")) {
            assertEquals(2, examples.exitStatus());
            assertEquals(
                    List.of("not a number: \"many\"", "Usage: weft-examples ping-pong [ROUNDS]"), examples.errors());
        }
    }

    @Test
    void aFileThatIsMissingIsToldInALine() throws Exception {
        try (FreshJvm examples = FreshJvm.example("word-count", "no-such-directory")) {
            assertEquals(1, examples.exitStatus());
            assertEquals(List.of("no such file: no-such-directory"), examples.errors());
        }
    }

    @Test
    void withTheFlagTheyRun() throws Exception {
        try (FreshJvm hello = FreshJvm.example("hello")) {
            assertEquals(0, hello.exitStatus());
            assertEquals(List.of("hello ...", "... world"), hello.restOfOutput());
            assertEquals(List.of(), hello.errors());
        }
    }

    @TestFactory
    Stream<DynamicTest> withoutTheFlagThreeLinesSayWhatToDo() {
        return Stream.of(List.of("hello"), List.of("echo", "--port", "0", "--on", "greenlets"))
                .map(args -> DynamicTest.dynamicTest(args.get(0), () -> {
                    String[] array = args.toArray(new String[0]);
                    try (FreshJvm example = FreshJvm.java(List.of(), Examples.class.getName(), array)) {
                        assertEquals(1, example.exitStatus());
                        assertEquals(List.of(), example.restOfOutput());
                        List<String> lines = example.errors();
                        assertEquals(3, lines.size(), lines::toString);
                        assertTrue(lines.get(0).contains("--add-opens java.base/java.lang=ALL-UNNAMED"));
                        assertTrue(lines.get(1).contains("Add-Opens: java.base/java.lang"));
                        assertTrue(lines.get(2).contains("<argLine>"));
                    }
                }));
    }

    @Test
    void withoutItsFlagAGeneratorSaysInThreeLinesWhatToDo() throws Exception {
        try (FreshJvm example = FreshJvm.java(List.of(), Examples.class.getName(), "tree-walk")) {
            assertEquals(1, example.exitStatus());
            assertEquals(List.of(), example.restOfOutput());
            List<String> lines = example.errors();
            assertEquals(3, lines.size(), lines::toString);
            assertTrue(lines.get(0).contains("--add-exports java.base/jdk.internal.vm=ALL-UNNAMED"));
        }
    }

    @Test
    void theLauncherCanBeLoadedByAnOldJava() throws IOException {
        try (InputStream file = Launcher.class.getResourceAsStream("Launcher.class")) {
            byte[] start = Objects.requireNonNull(file).readNBytes(8);
            assertEquals(JAVA_8_CLASS_FILES, start[6] << 8 | start[7]);
        }
    }

    /** On any machine: what the launcher does when it finds the version of an old Java. */
    @Test
    void anOldVersionGetsThreeLines() throws Exception {
        try (FreshJvm old = FreshJvm.java(List.of(), OldJava.class.getName(), "17")) {
            assertThreeLinesNameJava25(old);
        }
        try (FreshJvm old = FreshJvm.java(List.of(), OldJava.class.getName(), "1.8")) {
            assertThreeLinesNameJava25(old);
        }
    }

    /** Pretends to be an old Java; the version cannot be given as an option, the JVM overwrites it. */
    static final class OldJava {
        public static void main(String[] args) throws Throwable {
            System.setProperty("java.specification.version", args[0]);
            Launcher.main(new String[0]);
        }
    }

    /** Where old JDKs are installed, the real thing; the test before holds where there are none. */
    @TestFactory
    Stream<DynamicTest> anOldJavaGetsThreeLines() throws Exception {
        String launcher = Path.of(Launcher.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString();
        return oldJavaHomes().stream()
                .map(home -> DynamicTest.dynamicTest(home.toString(), () -> {
                    try (FreshJvm old = FreshJvm.start(home, List.of(), launcher, Launcher.class.getName())) {
                        assertThreeLinesNameJava25(old);
                    }
                }));
    }

    private static void assertThreeLinesNameJava25(FreshJvm old) throws Exception {
        assertEquals(1, old.exitStatus());
        assertEquals(List.of(), old.restOfOutput());
        List<String> lines = old.errors();
        assertEquals(3, lines.size(), lines::toString);
        assertTrue(lines.get(0).startsWith("Weft needs Java 25 or newer, and this is Java "), lines.get(0));
        assertTrue(lines.get(1).contains("JDK 25"), lines.get(1));
    }

    /** The homes of what is installed and older than 25: Maven's own Java, and what lies where JDKs usually do. */
    private static Set<Path> oldJavaHomes() throws IOException {
        Set<Path> homes = new TreeSet<>();
        String mavens = System.getProperty("maven.java.home", "");
        if (!mavens.isEmpty()) {
            homes.add(Path.of(mavens).toRealPath());
        }
        for (Path folder : List.of(
                Path.of("/usr/lib/jvm"),
                Path.of("/Library/Java/JavaVirtualMachines"),
                Path.of(System.getProperty("user.home", "."), ".sdkman/candidates/java"),
                Path.of(System.getProperty("user.home", "."), ".jdks"))) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> entries = Files.list(folder)) {
                    for (Path entry : entries.toList()) {
                        homes.add(entry.toRealPath());
                    }
                }
            }
        }
        homes.removeIf(home -> !isOldJava(home));
        return homes;
    }

    private static boolean isOldJava(Path home) {
        if (!Files.isExecutable(home.resolve("bin/java"))) {
            return false;
        }
        Properties release = new Properties();
        try (InputStream file = Files.newInputStream(home.resolve("release"))) {
            release.load(file);
        } catch (IOException e) {
            return false;
        }
        String version = release.getProperty("JAVA_VERSION", "99").replace("\"", "");
        return Integer.parseInt(version.split("\\D+", 2)[0]) < 25;
    }
}
