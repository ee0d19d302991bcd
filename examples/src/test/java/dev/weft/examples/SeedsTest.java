package dev.weft.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the page about Weft's ancestors promises: programs that compile, are short, and print what it says. */
@Timeout(120)
class SeedsTest {
    private static final Path PAGE = Path.of("..", "runtime", "SEEDS.md");
    private static final Pattern CODE = Pattern.compile("```java\n");
    private static final Pattern PROGRAM =
            Pattern.compile("```java\n// (\\w+)\\.java\n(.*?)```\n\n```\n(.*?)```", Pattern.DOTALL);

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    private static Path directory;

    /** A program of the page, and what it prints. */
    record Program(String name, String source, List<String> output) {
        static Program of(MatchResult found) {
            return new Program(
                    found.group(1), found.group(2), found.group(3).lines().toList());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Program> programs() throws IOException {
        return PROGRAM.matcher(Files.readString(PAGE)).results().map(Program::of).toList().stream();
    }

    @BeforeAll
    static void allProgramsCompile() throws IOException {
        List<File> sources = new ArrayList<>();
        for (Program program : programs().toList()) {
            Path file = directory.resolve(program.name + ".java");
            sources.add(Files.writeString(file, program.source).toFile());
        }
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
        StringWriter messages = new StringWriter();
        boolean compiled = compiler.getTask(
                        messages,
                        null,
                        null,
                        List.of("-d", directory.toString(), "-cp", FreshJvm.CLASS_PATH),
                        null,
                        compiler.getStandardFileManager(null, null, null).getJavaFileObjectsFromFiles(sources))
                .call();
        assertTrue(compiled, messages::toString);
    }

    @ParameterizedTest
    @MethodSource("programs")
    void aProgramIsShortAndPrintsWhatThePageSays(Program program) throws Exception {
        assertTrue(program.source.lines().count() <= 20, program.source);
        Path java = Path.of(Objects.requireNonNull(System.getProperty("java.home")));
        String classPath = directory + File.pathSeparator + FreshJvm.CLASS_PATH;
        try (FreshJvm jvm = FreshJvm.start(java, FreshJvm.FLAGS, classPath, program.name)) {
            int status = jvm.exitStatus();
            assertEquals(program.output, jvm.restOfOutput(), jvm.errors()::toString);
            assertEquals(0, status);
        }
    }

    @Test
    void allCodeOnThePageIsInPrograms() throws IOException {
        assertEquals(
                CODE.matcher(Files.readString(PAGE)).results().count(),
                programs().count());
    }
}
