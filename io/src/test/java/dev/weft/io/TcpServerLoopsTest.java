package dev.weft.io;

import static dev.weft.io.SocketContract.LONG;
import static dev.weft.io.SocketContract.SOON;
import static dev.weft.io.SocketContract.receive;
import static dev.weft.io.SocketContract.send;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.CheckedAction;
import dev.weft.ImplicitYields;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.loop.RunLoop;
import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server over several loops. The clients are blocking sockets of the test's own thread. */
final class TcpServerLoopsTest extends TcpServerFixture {
    /** Runs {@code body} while {@code loop} computes. */
    private static void whileComputing(Loop loop, CheckedAction<Exception> body) throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Suspension.post(loop, () -> {
            begun.countDown();
            awaitBlocking(end);
        });
        begun.await();
        try {
            body.run();
        } finally {
            end.countDown();
        }
    }

    /** Outside greenlets this blocks the loop's thread. */
    private static void awaitBlocking(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static TcpServer serve(LoopGroup group, TcpServer.Builder builder, TcpServer.Handler handler) {
        return group.loops().get(0).call(() -> builder.loops(group).start(ANY, handler));
    }

    private static TcpServer serve(LoopGroup group, TcpServer.Handler handler) {
        return serve(group, TcpServer.builder(), handler);
    }

    private SocketChannel served(TcpServer server) throws IOException {
        SocketChannel client = client(server);
        send(client, "hello");
        assertEquals("hello", receive(client, 5));
        return client;
    }

    private void closeClients() throws IOException {
        for (SocketChannel client : clients) {
            client.close();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void allConnectionsAreServedWhileOneLoopOfTwoComputes(int computing) throws Exception {
        try (LoopGroup group = LoopGroup.open(2)) {
            TcpServer server = serve(group, TcpServerFixture::echo);
            whileComputing(group.loops().get(computing), () -> {
                for (int i = 0; i < 50; i++) {
                    served(server);
                }
                assertEquals(0, server.connections(group.loops().get(computing)));
                assertEquals(50, server.connections(group.loops().get(1 - computing)));
                assertEquals(50, server.connections());
            });
            closeClients();
            server.stop(LONG);
        }
    }

    @Test
    void connectionsThatArriveTogetherAreServedWhileALoopComputes() throws Exception {
        try (LoopGroup group = LoopGroup.open(2)) {
            TcpServer server = serve(group, TcpServerFixture::echo);
            whileComputing(group.loops().get(0), () -> {
                for (int i = 0; i < 200; i++) {
                    send(client(server), "hello");
                }
                for (SocketChannel client : clients) {
                    assertEquals("hello", receive(client, 5));
                }
            });
            closeClients();
            server.stop(LONG);
        }
    }

    @Test
    void aLoopThatHasComputedGetsConnectionsAgain() throws Exception {
        try (LoopGroup group = LoopGroup.open(2)) {
            Loop computing = group.loops().get(1);
            TcpServer server = serve(group, TcpServerFixture::echo);
            whileComputing(computing, () -> {
                for (int i = 0; i < 4; i++) {
                    served(server);
                }
            });
            while (server.connections(computing) == 0) {
                served(server);
            }
            closeClients();
            server.stop(LONG);
        }
    }

    @Test
    void theBoundOnConnectionsIsForAllLoopsTogether() throws Exception {
        try (LoopGroup group = LoopGroup.open(2)) {
            TcpServer server = serve(group, TcpServer.builder().maxConnections(3), TcpServerFixture::echo);
            whileComputing(group.loops().get(0), () -> {
                SocketChannel first = served(server);
                served(server);
                served(server);
                SocketChannel fourth = client(server);
                send(fourth, "hello");
                assertEquals(3, server.connections());
                fourth.configureBlocking(false);
                assertEquals(0, fourth.read(ByteBuffer.allocate(5)));
                fourth.configureBlocking(true);
                first.close();
                assertEquals("hello", receive(fourth, 5));
                assertEquals(3, server.connections());
            });
            closeClients();
            server.stop(LONG);
            assertEquals(0, server.connections());
        }
    }

    @Test
    void handlersOnAllLoopsMayEndWithinTheGrace() throws Exception {
        Set<Loop> loops = ConcurrentHashMap.newKeySet();
        List<String> ends = new CopyOnWriteArrayList<>();
        try (LoopGroup group = LoopGroup.open(2)) {
            TcpServer server = serve(group, stream -> {
                loops.add(Loop.current());
                stream.write(SocketContract.bytes("hello"));
                try {
                    ends.add(receive(stream, 4));
                } catch (Cancelled e) {
                    ends.add("killed");
                }
            });
            while (loops.size() < 2) {
                assertEquals("hello", receive(client(server), 5));
            }
            Thread stopper = Thread.ofPlatform().start(() -> server.stop(LONG));
            assertThrows(IOException.class, () -> {
                while (true) {
                    SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()))
                            .close(); // until the stop has begun
                }
            });
            for (SocketChannel client : clients) {
                send(client, "done");
            }
            stopper.join();
            assertEquals(0, server.connections());
            assertTrue(ends.size() >= clients.size() && !ends.contains("killed"), ends::toString);
        }
        closeClients();
    }

    @Test
    void handlersOnAllLoopsAreKilledAfterTheGrace() throws Exception {
        Set<Loop> loops = ConcurrentHashMap.newKeySet();
        try (LoopGroup group = LoopGroup.open(2)) {
            TcpServer server = serve(group, stream -> {
                loops.add(Loop.current());
                untilKilled(stream);
            });
            while (loops.size() < 2) {
                client(server);
            }
            server.stop(SOON);
            assertEquals(0, server.connections());
            for (SocketChannel client : clients) {
                assertThrowsOrEnds(client);
            }
            server.stop(SOON);
            server.join();
        }
    }

    /** The server has closed the connection, or reset one that it had not accepted. */
    private static void assertThrowsOrEnds(SocketChannel client) throws IOException {
        try (client) {
            assertEquals(-1, client.read(ByteBuffer.allocate(1)));
        } catch (java.net.SocketException reset) {
            // As good as an end.
        }
    }

    @Test
    void aClosedServerDoesNotMoveItsConnections() throws Exception {
        List<String> served = new CopyOnWriteArrayList<>();
        try (LoopGroup group = LoopGroup.open(2)) {
            TcpServer server = serve(group, stream -> served.add(stream.toString()));
            Loop first = group.loops().get(0);
            Loop second = group.loops().get(1);
            whileComputing(second, () -> {
                whileComputing(first, () -> {
                    client(server);
                    client(server);
                    while (server.connections(second) < 2) { // until the first loop is known to be late
                        Thread.onSpinWait();
                    }
                    server.close();
                    server.join(); // all connections have been killed
                });
                while (offersAreWatched()) {
                    Thread.onSpinWait(); // the first loop answers again; nothing may move there
                }
            });
            server.stop(LONG);
            assertEquals(0, server.connections());
            for (SocketChannel client : clients) {
                assertEquals(-1, client.read(ByteBuffer.allocate(1)));
            }
        }
        assertEquals(List.of(), served);
        closeClients();
    }

    private static boolean offersAreWatched() {
        return RunLoop.live().stream()
                .flatMap(loop -> loop.greenlets().stream())
                .anyMatch(greenlet -> greenlet.name().equals("watch offers"));
    }

    @Test
    void theServerEndsWithTheLoopThatStartedIt() throws Exception {
        try (LoopGroup serving = LoopGroup.open(2)) {
            onLoop(() -> {
                TcpServer server = TcpServer.builder().loops(serving).start(ANY, TcpServerFixture::untilKilled);
                TcpStream client = TcpStream.connect("127.0.0.1", server.port());
                yieldUntil(() -> server.connections() == 1);
                Weft.spawn(() -> assertEquals(-1, client.read(ByteBuffer.allocate(1))));
                Weft.yieldNow();
            });
            assertEquals(List.of(), uncaught);
        }
    }

    @Test
    void aServerThatHasNotBegunEndsWithTheLoopThatStartedIt() throws Exception {
        int port;
        try (LoopGroup serving = LoopGroup.open(2)) {
            LoopGroup group = LoopGroup.builder().name("starting").open();
            port = group.next().call(() -> {
                TcpServer server = TcpServer.builder().loops(serving).start(ANY, TcpServerFixture::echo);
                group.close(); // before the others on this loop run
                return server.port();
            });
            group.close();
            for (Thread thread : Thread.getAllStackTraces().keySet()) {
                if (thread.getName().startsWith("starting-0-accept")) {
                    thread.join();
                }
            }
        }
        assertThrows(
                ConnectException.class,
                () -> SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
    }

    @Test
    void aServerThatCannotListenLeavesNoThread() throws Exception {
        try (LoopGroup group = LoopGroup.open(2)) {
            TcpServer server = serve(group, TcpServerFixture::echo);
            InetSocketAddress taken = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port());
            Loop loop = group.next();
            assertThrows(
                    BindException.class,
                    () -> loop.call(() -> TcpServer.builder().loops(group).start(taken, TcpServerFixture::echo)));
            assertEquals(
                    1,
                    Thread.getAllStackTraces().keySet().stream()
                            .filter(thread -> thread.getName().contains("-accept"))
                            .count());
            server.stop(LONG);
        }
    }

    @Test
    void aServerEndsOnALoopThatRefusesImplicitYields() throws Exception {
        try (LoopGroup serving = LoopGroup.open(2);
                LoopGroup strict = LoopGroup.builder()
                        .implicitYields(ImplicitYields.REFUSED)
                        .uncaughtHandler((greenlet, failure) -> uncaught.add(failure))
                        .open()) {
            TcpServer server =
                    strict.next().call(() -> TcpServer.builder().loops(serving).start(ANY, TcpServerFixture::echo));
            served(server);
            closeClients();
            server.stop(LONG);
            while (!strict.next().greenlets().isEmpty()) { // until the accepting thread has ended
                Thread.onSpinWait();
            }
        }
        assertEquals(List.of(), uncaught);
    }

    @Test
    void theEndOfTheServingLoopsFailsTheServerOnce() throws Exception {
        onLoop(() -> {
            LoopGroup serving = LoopGroup.open(2);
            TcpServer server = TcpServer.builder().loops(serving).start(ANY, TcpServerFixture::echo);
            Weft.offload(() -> serving.close());
            client(server);
            yieldUntil(() -> !uncaught.isEmpty());
            server.stop(LONG);
        });
        assertEquals(1, uncaught.size(), uncaught::toString);
        assertTrue(uncaught.get(0).toString().contains("closed"), uncaught::toString);
    }

    @Test
    void serversThatReuseThePortShareIt() throws Exception {
        Set<Loop> served = ConcurrentHashMap.newKeySet();
        TcpServer.Handler handler = stream -> {
            served.add(Loop.current());
            stream.write(SocketContract.bytes("hello"));
        };
        try (LoopGroup group = LoopGroup.open(2)) {
            TcpServer one = group.loops()
                    .get(0)
                    .call(() -> TcpServer.builder().reusePort().start(ANY, handler));
            InetSocketAddress address = one.localAddress();
            TcpServer two = group.loops()
                    .get(1)
                    .call(() -> TcpServer.builder().reusePort().start(address, handler));
            while (served.size() < 2) {
                try (SocketChannel client = SocketChannel.open(address)) {
                    assertEquals("hello", receive(client, 5));
                }
            }
            one.stop(Duration.ZERO);
            two.stop(Duration.ZERO);
        }
    }
}
