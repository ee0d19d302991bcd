package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.LoopRecorder;
import dev.weft.testing.NoGreenletLeaks;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The events of sockets and servers for the flight recorder. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class RecordedServerTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @TempDir
    private Path directory;

    private final Recording recording = new Recording();
    private final LoopGroup group = LoopGroup.open();

    @BeforeEach
    void record() {
        recording.start();
        while (EventLoop.of(group.next()).recorder() == LoopRecorder.NONE) {
            Thread.onSpinWait();
        }
        awaitNextTurn();
    }

    @AfterEach
    void close() {
        group.close();
        recording.close();
    }

    private void awaitNextTurn() {
        group.spawn(() -> {}).join();
        group.spawn(() -> {}).join();
    }

    private List<RecordedEvent> events(String name) throws Exception {
        awaitNextTurn();
        Path file = directory.resolve("weft.jfr");
        recording.stop();
        recording.dump(file);
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(name))
                .toList();
    }

    @Test
    void aServerWithAllItsConnectionsIsRecorded() throws Exception {
        CountDownLatch served = new CountDownLatch(1);
        TcpServer server = group.spawn(() -> TcpServer.builder()
                        .maxConnections(1)
                        .start(ANY, stream -> {
                            served.countDown();
                            Weft.sleep(Duration.ofHours(1));
                        }))
                .join();
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            served.await();
            awaitNextTurn();
            assertTrue(client.isConnected());
        }
        List<RecordedEvent> limits = events("dev.weft.AcceptLimit");
        assertEquals(1, limits.size(), limits::toString);
        assertEquals(1, limits.get(0).getInt("limit"));
        assertEquals("weft-0", limits.get(0).getString("loop"));
        assertTrue(limits.get(0).getString("server").contains(String.valueOf(server.port())), limits::toString);
    }

    @Test
    void aWriterToASlowReaderIsBackPressure() throws Exception {
        TcpServer server = group.spawn(
                        () -> TcpServer.start(ANY, stream -> stream.write(ByteBuffer.allocate(16 << 20))))
                .join();
        try (SocketChannel client = SocketChannel.open()) {
            client.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
            client.connect(server.localAddress());
            group.spawn(() -> Weft.sleep(Duration.ofMillis(100)))
                    .join(); // the wait to be recorded, not one for anything
            ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
            while (client.read(buffer.clear()) >= 0) {}
        }
        List<RecordedEvent> pressures = events("dev.weft.BackPressure");
        assertTrue(!pressures.isEmpty());
        assertTrue(pressures.get(0).getString("full").startsWith("tcp 127.0.0.1:"), pressures::toString);
    }

    @Test
    void aWaitForAPeerIsOneForASocket() throws Exception {
        CountDownLatch served = new CountDownLatch(1);
        TcpServer server = group.spawn(() -> TcpServer.start(ANY, stream -> {
                    served.countDown();
                    stream.read(ByteBuffer.allocate(1));
                }))
                .join();
        Greenlet<?> client = group.spawn(() -> {
            TcpStream stream = TcpStream.connect(server.localAddress());
            Weft.sleep(Duration.ofMillis(60));
            stream.close();
        });
        served.await();
        client.join();
        while (server.connections() > 0) {
            Thread.onSpinWait();
        }
        assertTrue(events("dev.weft.Wait").stream()
                .anyMatch(wait -> "socket".equals(wait.getString("kind"))
                        && wait.getString("target").startsWith("tcp 127.0.0.1:")));
    }
}
