package dev.weft.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code tasks}, in a JVM of its own. */
@Timeout(120)
class TaskShellTest {
    private static final String TIME = "for [0-9.]+ s";

    @TempDir
    private Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"greenlets", "threads"})
    void aScriptStartsWatchesAndKillsTasks(String carrier) throws Exception {
        List<String> lines = output(0, carrier, """
                # a remark, and an empty line

                import a.csv --lines 2
                wait
                output
                import b.csv --lines 100000
                import c.csv --bad-line 1
                wait
                list failed
                kill 2
                wait 2
                failure
                """);
        assertMatches("1 import a\\.csv: QUEUED " + TIME + ", 0 lines", lines.get(0));
        assertMatches("1 import a\\.csv: FINISHED " + TIME + ", 3 lines", lines.get(1));
        assertEquals(List.of("imported line 1", "imported line 2", "closed a.csv"), lines.subList(2, 5));
        assertMatches("3 import c\\.csv: FAILED " + TIME + ", 1 lines", lines.get(7));
        assertEquals(lines.get(7), lines.get(8));
        assertMatches("2 import b\\.csv: KILLED " + TIME + ", [1-9][0-9]* lines", lines.get(9));
        assertEquals("java.lang.IllegalStateException: c.csv: line 1 is bad", lines.get(10));
        assertMatches("\tat .*TaskCommands\\.importFile\\(TaskCommands\\.java:[0-9]+\\)", lines.get(11));
    }

    @Test
    void aScriptEndsWithTheFirstCommandThatFails() throws Exception {
        assertEquals(List.of("there is no task 7; there are []"), output(1, "greenlets", "kill 7\nlist\n"));
        assertTrue(output(2, "greenlets", "explode\nlist\n").get(0).contains("explode"));
    }

    @Test
    void commandsMayComeFromAPipeWithoutAPrompt() throws Exception {
        try (FreshJvm shell = FreshJvm.example("tasks")) {
            shell.type("import a.csv --lines 1\nwait\nquit\nlist\n");
            assertEquals(0, shell.exitStatus());
            assertEquals(2, shell.restOfOutput().size());
        }
    }

    @Test
    void allWhoConnectShareTheTasks() throws Exception {
        Path socket = directory.resolve("tasks.sock");
        try (FreshJvm shell = FreshJvm.example("tasks", "--listen", "unix:" + socket)) {
            assertEquals("listening on unix:" + socket, shell.line());
            try (SocketChannel first = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                    SocketChannel second = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                assertTrue(ask(first, "import a.csv --lines 1").startsWith("> 1 import a.csv: QUEUED"));
                assertTrue(ask(second, "wait").startsWith("> 1 import a.csv: FINISHED"));
                assertEquals("> there is no task 7; there are [1]", ask(second, "output 7"));
                assertEquals("> imported line 1", ask(second, "output")); // it goes on after a failure
            }
            shell.destroy();
            assertEquals(List.of(), shell.errors());
        }
    }

    private static String ask(SocketChannel shell, String command) throws IOException {
        shell.write(ByteBuffer.wrap((command + "\n").getBytes(UTF_8)));
        StringBuilder answer = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (shell.read(one.clear()) > 0 && one.get(0) != '\n') {
            answer.append((char) one.get(0));
        }
        return answer.toString();
    }

    private List<String> output(int status, String carrier, String script) throws Exception {
        Path file = Files.writeString(directory.resolve("script"), script);
        try (FreshJvm shell = FreshJvm.example("tasks", "--on", carrier, file.toString())) {
            assertEquals(status, shell.exitStatus(), () -> shell.restOfOutput().toString());
            assertEquals(List.of(), shell.errors());
            return shell.restOfOutput();
        }
    }

    private static void assertMatches(String pattern, String line) {
        assertTrue(line.matches(pattern), line);
    }
}
