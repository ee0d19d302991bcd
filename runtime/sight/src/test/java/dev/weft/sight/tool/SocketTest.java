package dev.weft.sight.tool;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.observe.Snapshot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program without {@code java.management}, which is asked through its socket. */
@Timeout(120)
final class SocketTest {
    private static final String MODULES = "--limit-modules=java.base,java.logging,jdk.unsupported";

    @Test
    void aProgramWithoutBeansIsAskedThroughItsSocket(@TempDir Path directory) throws Exception {
        try (ChildJvm program = ChildJvm.start(
                        List.of(MODULES, "-Dweft.sight.sockets=" + directory), TargetProgram.class, "busy")
                .await("ready")) {
            String socket = awaitSocket(directory).toString();
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(socket))));
            assertTrue(Run.output("ps", socket).startsWith("group weft of socket " + socket));
            Snapshot snapshot =
                    Form.read(Snapshot.class, Run.output("ps", "--json", "--filter", "name:victim", socket));
            Run.output("kill", socket, Long.toString(snapshot.greenlets().get(0).id()), "--reason", "a & b = c");
            Run wrong = Run.of("kill", socket, "0");
            assertEquals(Sight.FAILED, wrong.status());

            program.send("close");
            program.await("closed");
            while (Files.exists(Path.of(socket))) {
                Thread.onSpinWait();
            }
            Run gone = Run.of("ps", socket);
            assertTrue(gone.err().contains("there is no socket"), gone.err());
        }
    }

    private static Path awaitSocket(Path directory) throws Exception {
        while (true) {
            try (Stream<Path> files = Files.list(directory)) {
                var socket =
                        files.filter(file -> file.toString().endsWith(".sock")).findFirst();
                if (socket.isPresent()) {
                    return socket.get();
                }
            }
        }
    }
}
