package dev.weft.bench;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.bench.machine.Tool;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120) // it starts JVMs
class WrkCommandTest {
    @Test
    void bothDriveTheServerOrTheCureIsNamed() {
        boolean isInstalled = Tool.firstLine(List.of("which", "wrk")).isPresent();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        PrintStream before = isInstalled ? System.out : System.err;
        redirect(isInstalled, new PrintStream(output, true, StandardCharsets.UTF_8));
        try {
            Bench.run("wrk", "--connections=5", "--rounds=1", "--warm-up=0.2", "--window=1");
        } finally {
            redirect(isInstalled, before);
        }
        String expected = isInstalled ? "load generator / wrk: " : "apt-get install -y --no-install-recommends wrk";
        String text = output.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains(expected), text);
    }

    private static void redirect(boolean isInstalled, PrintStream target) {
        if (isInstalled) {
            System.setOut(target);
        } else {
            System.setErr(target);
        }
    }
}
