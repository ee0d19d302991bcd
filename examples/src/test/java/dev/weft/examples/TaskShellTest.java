package dev.weft.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
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
    @TempDir
    private Path directory = Path.of("");

    @ParameterizedTest
    @ValueSource(strings = {"greenlets", "threads", "processes"})
    void aScriptStartsWatchesAndKillsTasks(String carrier) throws Exception {
        try (FreshJvm shell = FreshJvm.example("tasks", carrier)) {
            shell.type("""
                    import a.csv 2
                    wait
                    output
                    import b.csv 100000
                    import c.csv 9 1
                    wait
                    kill 2
                    wait 2
                    failure
                    """);
            assertEquals(0, shell.exitStatus());
            List<String> lines = shell.restOfOutput();
            assertStarts("1 import a.csv 2: FINISHED for ", lines.get(1));
            assertEquals(List.of("imported line 1", "imported line 2", "closed a.csv"), lines.subList(2, 5));
            assertStarts("3 import c.csv 9 1: FAILED for ", lines.get(7));
            assertStarts("2 import b.csv 100000: KILLED for ", lines.get(8));
            assertEquals("java.lang.IllegalStateException: line 1 is bad", lines.get(9));
            assertStarts(
                    "\tat dev.weft.examples.TaskShell.importFile(TaskShell.java:",
                    lines.get(10).replace("app//", ""));
            assertEquals(List.of(), shell.errors());
        }
    }

    @Test
    void aScriptThatFailsFailsTheProgram() throws Exception {
        try (FreshJvm shell = FreshJvm.example("tasks")) {
            shell.type("kill 7\nlist\n");
            assertEquals(1, shell.exitStatus());
            assertEquals(List.of("kill 7: there is no task 7; there are []"), shell.errors());
        }
    }

    @Test
    void clientsOfASocketUseIt() throws Exception {
        Path socket = directory.resolve("tasks.sock");
        try (FreshJvm shell = FreshJvm.example("tasks", "greenlets", "unix:" + socket)) {
            assertEquals("listening on unix:" + socket, shell.line());
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                assertStarts("> 1 import a.csv 1: ", ask(client, "import a.csv 1"));
                assertStarts("> 1 import a.csv 1: FINISHED for ", ask(client, "wait"));
                assertEquals("> imported line 1", ask(client, "output"));
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

    private static void assertStarts(String start, String line) {
        assertTrue(line.startsWith(start), line);
    }
}
