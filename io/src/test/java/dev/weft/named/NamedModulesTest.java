package dev.weft.named;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Weft on the module path, with the flag for its name: the loop finds the selector, and sockets yield. */
@Timeout(60)
class NamedModulesTest {
    @Test
    void aLoopOfNamedModulesHasASelector() throws Exception {
        Process child = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--module-path",
                        classPath()
                                .filter(NamedModulesTest::isOfTheModulePath)
                                .collect(Collectors.joining(File.pathSeparator)),
                        "--add-modules",
                        "dev.weft.io",
                        "--add-opens",
                        "java.base/java.lang=dev.weft.runtime",
                        "-cp",
                        classPath()
                                .filter(entry -> entry.endsWith("test-classes"))
                                .collect(Collectors.joining(File.pathSeparator)),
                        EchoOfModules.class.getName()))
                .redirectErrorStream(true)
                .start();
        try {
            List<String> lines = new String(child.getInputStream().readAllBytes(), UTF_8)
                    .lines()
                    .toList();
            assertEquals(
                    List.of("module dev.weft.runtime, module dev.weft.io", "poller of 0 channels", "came back: 42"),
                    lines.stream()
                            .map(line -> line.replaceAll(" on a \\w+$", ""))
                            .toList());
            assertEquals(0, child.waitFor());
        } finally {
            child.destroyForcibly();
        }
    }

    private static Stream<String> classPath() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1));
    }

    /** Weft, and what it needs. */
    private static boolean isOfTheModulePath(String entry) {
        String name = Path.of(entry).getFileName().toString();
        boolean isWeft = name.equals("classes") || (name.startsWith("weft-") && !name.contains("tests"));
        return isWeft || name.startsWith("agrona") || name.startsWith("jctools");
    }
}
