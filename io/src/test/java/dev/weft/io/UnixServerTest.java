package dev.weft.io;

import static dev.weft.io.SocketContract.bytes;
import static dev.weft.io.SocketContract.receive;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import java.io.IOException;
import java.net.BindException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What differs from a {@link TcpServer}, with which it shares the rest. */
@Timeout(60)
class UnixServerTest extends TcpServerFixture {
    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    private Path directory;

    @Test
    void everyConnectionIsServedByItsOwnGreenlet() throws Exception {
        Path path = directory.resolve("socket");
        onLoop(() -> {
            UnixServer server = UnixServer.start(path, stream -> stream.input().transferTo(stream.output()));
            assertEquals(UnixDomainSocketAddress.of(path), server.localAddress());
            try (UnixStream one = UnixStream.connect(path);
                    UnixStream other = UnixStream.connect(path)) {
                assertEchoes(other);
                assertEchoes(one);
                assertEquals(2, server.connections());
            }
            server.stop(SocketContract.LONG);
            assertEquals(0, server.connections());
        });
        assertEquals(List.of(), uncaught);
    }

    @Test
    void theSocketFileIsGoneOnceItHasStopped() throws Exception {
        Path path = directory.resolve("socket");
        onLoop(() -> {
            UnixServer server = UnixServer.start(path, stream -> {});
            assertTrue(Files.exists(path));
            server.stop(Duration.ZERO);
            assertFalse(Files.exists(path));
            server.join();
        });
    }

    @Test
    void aSocketFileThatWasLeftBehindIsToldWithTheCure() throws Exception {
        Path path = Files.createFile(directory.resolve("left"));
        onLoop(() -> {
            Exception taken = assertThrows(BindException.class, () -> UnixServer.start(path, stream -> {}));
            String message = String.valueOf(taken.getMessage());
            assertTrue(message.startsWith("cannot listen at " + path + ": "), message);
            assertTrue(message.endsWith("delete the file"), message);
        });
        assertTrue(Files.exists(path));
    }

    @Test
    void aFullServerLetsOthersWaitUntilOneEnds() throws Exception {
        Path path = directory.resolve("socket");
        onLoop(() -> {
            UnixServer server =
                    UnixServer.builder().maxConnections(1).start(path, stream -> stream.read(ByteBuffer.allocate(1)));
            UnixStream first = UnixStream.connect(path);
            UnixStream second = UnixStream.connect(path);
            yieldUntil(() -> server.connections() == 1);
            for (int i = 0; i < 100; i++) {
                Weft.yieldNow();
                assertEquals(1, server.connections());
            }
            first.close();
            second.write(bytes("x"));
            assertEquals(-1, second.read(ByteBuffer.allocate(1))); // served, and closed
            second.close();
            server.stop(SocketContract.LONG);
        });
    }

    @Test
    void connectionsAreSpreadOverTheLoops() throws Exception {
        Path path = directory.resolve("socket");
        Set<Loop> serving = ConcurrentHashMap.newKeySet();
        try (LoopGroup group = LoopGroup.open(2)) {
            onLoop(() -> {
                UnixServer server = UnixServer.builder().loops(group).start(path, stream -> {
                    serving.add(Loop.current());
                    stream.input().transferTo(stream.output());
                });
                List<UnixStream> streams = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    UnixStream stream = UnixStream.connect(path);
                    streams.add(stream);
                    assertEchoes(stream);
                }
                streams.forEach(UnixStream::close);
                server.stop(SocketContract.LONG);
            });
            assertEquals(new HashSet<>(group.loops()), serving);
        }
    }

    private static void assertEchoes(UnixStream stream) throws IOException {
        stream.write(bytes("hello"));
        assertEquals("hello", receive(stream, 5));
    }
}
