package dev.weft.io.names;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The resolver as the JDK finds it, in JVMs of their own, as there is one in each for good. */
@Timeout(60)
final class ResolverInstallationTest {
    private static final List<String> FLAGS = List.of("--add-opens", "java.base/java.lang=ALL-UNNAMED");
    private static final String HOST = "db.application";

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    Path programs;

    /** The program alone: beside it on the test's class path is another provider. */
    @BeforeEach
    void copyProgram() throws IOException {
        Path source = Path.of(Objects.requireNonNull(NamesProgram.class.getResource("NamesProgram.class"))
                .getPath());
        Path target = Files.createDirectories(programs.resolve("dev/weft/io/names"));
        try (Stream<Path> classes = Files.list(Objects.requireNonNull(source.getParent()))) {
            for (Path each : classes.filter(
                            file -> file.getFileName().toString().startsWith("NamesProgram"))
                    .toList()) {
                Files.copy(each, target.resolve(each.getFileName()));
            }
        }
    }

    private void installApplicationsProvider() throws IOException {
        Path services = Files.createDirectories(programs.resolve("META-INF/services"));
        Files.writeString(
                services.resolve("java.net.spi.InetAddressResolverProvider"),
                NamesProgram.OfTheApplication.class.getName());
    }

    private enum Order {
        WEFT_FIRST,
        APPLICATION_FIRST
    }

    private String run(Order order, List<String> flags, String... arguments) throws Exception {
        List<String> path = new ArrayList<>();
        for (String entry :
                Objects.requireNonNull(System.getProperty("java.class.path")).split(File.pathSeparator, -1)) {
            if (!Files.exists(Path.of(entry, "dev/weft/io/names/NamesProgram.class"))) {
                path.add(entry);
            }
        }
        path.add(order == Order.WEFT_FIRST ? path.size() : 0, programs.toString());
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(flags);
        command.addAll(List.of("-cp", String.join(File.pathSeparator, path), NamesProgram.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            return new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String asked(String by) {
        return "the application's resolver was asked for " + HOST + " by " + by + "\n127.0.0.9\n";
    }

    @Test
    void greenletsAskTheApplicationsResolverOnAThreadForLookUps() throws Exception {
        installApplicationsProvider();
        assertEquals(
                asked("thread weft look-up of " + HOST) + "in use: true\n",
                run(Order.WEFT_FIRST, FLAGS, "greenlet", HOST));
    }

    @Test
    void threadsAskTheApplicationsResolverThemselves() throws Exception {
        installApplicationsProvider();
        assertEquals(asked("thread main") + "in use: true\n", run(Order.WEFT_FIRST, FLAGS, "thread", HOST));
    }

    @Test
    void withoutTheFlagForLoopsNamesAreFoundAsEver() throws Exception {
        installApplicationsProvider();
        assertEquals(asked("virtual thread v") + "in use: true\n", run(Order.WEFT_FIRST, List.of(), "virtual", HOST));
    }

    @Test
    void behindAnotherProviderNamesOffLoads() throws Exception {
        installApplicationsProvider();
        assertEquals(
                asked("thread weft-offload-0") + "in use: false\n", run(Order.APPLICATION_FIRST, FLAGS, "names", HOST));
    }

    @Test
    void withAHostsFileNamesOffLoads() throws Exception {
        Path hosts = Files.writeString(programs.resolve("hosts"), "127.0.0.8 " + HOST + "\n");
        List<String> flags = new ArrayList<>(FLAGS);
        flags.add("-Djdk.net.hosts.file=" + hosts);
        assertEquals("127.0.0.8\nin use: false\n", run(Order.WEFT_FIRST, flags, "names", HOST));
    }

    @Test
    void theServiceIsEnough() throws Exception {
        String output = run(Order.WEFT_FIRST, FLAGS, "greenlet", "localhost");
        assertTrue(output.endsWith("\nin use: true\n"), output);
    }
}
