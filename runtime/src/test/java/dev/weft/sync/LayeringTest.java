package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written on the public seam stays there, so that users can write as good a primitive. */
@Timeout(60)
class LayeringTest {
    @ParameterizedTest
    @ValueSource(strings = {"sync", "generator"})
    void nothingInThePackageTouchesTheKernel(String name) throws Exception {
        Path classes = Path.of(Channel.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        Path directory = classes.resolve("dev/weft").resolve(name);
        List<String> uses = dependencies(directory);
        assertTrue(uses.stream().anyMatch(use -> use.contains("-> dev.weft not found")), uses::toString);
        assertEquals(
                List.of(),
                uses.stream().filter(use -> use.contains("-> dev.weft.kernel")).toList());
    }

    private static List<String> dependencies(Path directory) {
        StringWriter output = new StringWriter();
        PrintWriter printer = new PrintWriter(output, true);
        ToolProvider jdeps = ToolProvider.findFirst("jdeps").orElseThrow();
        int status = jdeps.run(printer, printer, "-verbose:package", directory.toString());
        assertEquals(0, status, output::toString);
        return output.toString()
                .lines()
                .map(line -> line.strip().replaceAll(" +", " "))
                .filter(line -> line.startsWith("dev.weft."))
                .toList();
    }
}
