package dev.weft.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.bench.machine.Machine;
import dev.weft.bench.rival.Contender;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.h2.tools.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120) // it starts JVMs
class JdbcTest {
    private static JdbcReport.Run run(Contender contender, int round, double answersPerSecond) {
        return new JdbcReport.Run(contender, round, new JdbcFigures(answersPerSecond, 1, 2, 3, 4));
    }

    @Test
    void comparesEndToEnd(@TempDir Path directory) throws Exception {
        Server server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        try {
            int status = Bench.run(
                    "jdbc",
                    "--url=jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/mem:bench;DB_CLOSE_DELAY=-1",
                    "--tasks=20",
                    "--connections=4",
                    "--rounds=1",
                    "--warm-up=0.2",
                    "--window=0.5",
                    "--on=sockets,sockets_jdk,sockets_virtual,sockets_threads",
                    "--out=" + directory);
            assertEquals(0, status);
        } finally {
            server.stop();
        }
        JsonNode json =
                new ObjectMapper().readTree(directory.resolve("jdbc.json").toFile());
        assertEquals(4, json.at("/runs").size());
        for (JsonNode run : json.at("/runs")) {
            assertTrue(run.at("/figures/answersPerSecond").asDouble() > 0, run.toString());
        }
        assertEquals(3, json.at("/ratios").size());
    }

    @Test
    void ratiosAreTakenRoundByRound() {
        Map<Contender, List<String>> commands = new LinkedHashMap<>();
        commands.put(Contender.SOCKETS, List.of());
        commands.put(Contender.SOCKETS_VIRTUAL, List.of());
        JdbcReport report = new JdbcReport(
                "now",
                Machine.current(),
                commands,
                List.of(
                        run(Contender.SOCKETS, 1, 200),
                        run(Contender.SOCKETS_VIRTUAL, 1, 100),
                        run(Contender.SOCKETS_VIRTUAL, 2, 200),
                        run(Contender.SOCKETS, 2, 600)));
        assertTrue(report.text().contains("2.50 (2.00-3.00)"), report::text);
    }

    @Test
    void aDatabaseThatIsNotThereIsToldInTheClientsWords(@TempDir Path directory) throws Exception {
        Server server = Server.createTcpServer("-tcpPort", "0").start();
        String url = "jdbc:h2:tcp://127.0.0.1:" + server.getPort() + "/mem:gone";
        server.stop();
        PrintStream before = System.err;
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
        try {
            assertEquals(1, Bench.run("jdbc", "--url=" + url, "--rounds=1", "--out=" + directory));
        } finally {
            System.setErr(before);
        }
        assertTrue(told.toString(StandardCharsets.UTF_8).contains("Connection refused"), told::toString);
    }
}
