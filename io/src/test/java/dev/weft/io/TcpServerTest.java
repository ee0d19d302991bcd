package dev.weft.io;

import static dev.weft.io.SocketContract.LONG;
import static dev.weft.io.SocketContract.SOON;
import static dev.weft.io.SocketContract.bytes;
import static dev.weft.io.SocketContract.receive;
import static dev.weft.io.SocketContract.send;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server: who serves, how many, and on which loop. */
final class TcpServerTest extends TcpServerFixture {
    @Test
    void eachConnectionHasAGreenletOfItsOwn() throws Exception {
        onLoop(() -> {
            Set<Greenlet<?>> greenlets = ConcurrentHashMap.newKeySet();
            TcpServer server = TcpServer.start(ANY, stream -> {
                greenlets.add(Greenlet.current());
                echo(stream);
            });
            SocketChannel idle = client(server);
            yieldUntil(() -> server.connections() == 1);
            assertEquals("hello", ask(server.port(), "hello"));
            assertEquals("again", ask(server.port(), "again"));
            yieldUntil(() -> server.connections() == 1);
            idle.close();
            yieldUntil(() -> server.connections() == 0);
            assertEquals(3, greenlets.size());
            server.stop(LONG);
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aChannelThatListensIsTakenOver(int loops) throws Exception {
        try (LoopGroup group = LoopGroup.open(loops);
                ServerSocketChannel listening = ServerSocketChannel.open()) {
            group.spawn(() -> {
                        assertThrows(
                                NotYetBoundException.class,
                                () -> TcpServer.builder().start(listening, TcpServerFixture::echo));
                        listening.bind(ANY);
                        TcpServer server = TcpServer.builder().loops(group).start(listening, TcpServerFixture::echo);
                        assertEquals(listening.getLocalAddress(), server.localAddress());
                        assertEquals("hello", ask(server.port(), "hello"));
                        server.stop(LONG);
                        yieldUntil(() -> !listening.isOpen()); // closed in the background
                    })
                    .join();
        }
    }

    @Test
    void aConnectionIsSpawnedWhereItsServerWasStarted() throws Exception {
        onLoop(() -> {
            CompletableFuture<Greenlet<?>> serving = new CompletableFuture<>();
            TcpServer server = TcpServer.start(ANY, stream -> serving.complete(Greenlet.current()));
            client(server);
            assertEquals(
                    TcpServerTest.class.getName(),
                    Weft.await(serving).spawnSite().getClassName());
            server.stop(LONG);
        });
    }

    @Test
    void theHandlersEndClosesTheConnection() throws Exception {
        onLoop(() -> {
            TcpServer server = TcpServer.start(ANY, stream -> stream.write(bytes("bye")));
            SocketChannel client = client(server);
            assertEquals("bye", receive(client, 100));
            yieldUntil(() -> server.connections() == 0);
            server.stop(LONG);
        });
    }

    @Test
    void aFullServerStopsAcceptingAndResumes() throws Exception {
        onLoop(() -> {
            TcpServer server = TcpServer.builder().maxConnections(2).start(ANY, TcpServerTest::echo);
            SocketChannel first = client(server);
            client(server);
            SocketChannel third = client(server);
            send(third, "3");
            yieldUntil(() -> server.connections() == 2);
            for (int i = 0; i < 100; i++) {
                Weft.yieldNow();
                assertEquals(2, server.connections());
            }
            long polls = Loop.current().statistics().polls();
            Weft.sleep(Duration.ofMillis(50)); // a span to measure, nothing is waited for
            assertTrue(Loop.current().statistics().polls() - polls < 40, "a full server spins");
            first.close();
            third.configureBlocking(false);
            ByteBuffer answer = ByteBuffer.allocate(1);
            while (third.read(answer) == 0) {
                assertTrue(server.connections() <= 2);
                Weft.yieldNow();
            }
            server.stop(Duration.ZERO);
        });
    }

    @Test
    void othersGetATurnBetweenAccepts() throws Exception {
        onLoop(() -> {
            TcpServer server = TcpServer.builder().acceptsInARow(4).start(ANY, TcpServerTest::untilKilled);
            for (int i = 0; i < 20; i++) {
                SocketChannel client = SocketChannel.open();
                clients.add(client);
                client.configureBlocking(false); // so that it does not wait here, and the server accepts none yet
                client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            }
            int most = 0;
            int before = 0;
            while (server.connections() < 20) {
                Weft.yieldNow();
                most = Math.max(most, server.connections() - before);
                before = server.connections();
            }
            assertEquals(4, most);
            server.stop(Duration.ZERO);
        });
    }

    @Test
    void aHandlersIoExceptionEndsItsConnectionAlone() throws Exception {
        onLoop(() -> {
            TcpServer server = TcpServer.start(ANY, stream -> {
                if (stream.input().read() == 'x') {
                    throw new IOException("as peers make them");
                }
                stream.write(bytes("o"));
            });
            SocketChannel failing = client(server);
            send(failing, "x");
            assertEquals(-1, failing.read(ByteBuffer.allocate(1)));
            yieldUntil(() -> server.connections() == 0);
            assertEquals("o", ask(server.port(), "o"));
            server.stop(LONG);
        });
        assertEquals(List.of(), uncaught);
    }

    @Test
    void aHandlersFailureGoesToTheUncaughtHandlerOnce() throws Exception {
        IllegalStateException bug = new IllegalStateException("a bug in the handler");
        onLoop(() -> {
            TcpServer server = TcpServer.start(ANY, stream -> {
                if (stream.input().read() == 'x') {
                    throw bug;
                }
                stream.write(bytes("o"));
            });
            SocketChannel failing = client(server);
            send(failing, "x");
            assertEquals(-1, failing.read(ByteBuffer.allocate(1)));
            yieldUntil(() -> server.connections() == 0);
            assertEquals("o", ask(server.port(), "o"));
            server.stop(LONG);
        });
        assertEquals(List.of(bug), uncaught);
    }

    @Test
    void aHandlerKilledBeforeItRanClosesItsConnection() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        try (LoopGroup others = LoopGroup.open()) {
            Suspension.post(others.next(), () -> awaitUninterrupted(held));
            onLoop(() -> {
                TcpServer server = TcpServer.builder().loops(others).start(ANY, stream -> {
                    throw new AssertionError("it ran");
                });
                SocketChannel client = client(server);
                yieldUntil(() -> server.connections() == 1);
                server.close();
                held.countDown();
                yieldUntil(() -> server.connections() == 0);
                assertEquals(-1, client.read(ByteBuffer.allocate(1)));
            });
        }
        assertEquals(List.of(), uncaught);
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void connectionsAreSpreadOverLoops() throws Exception {
        try (LoopGroup serving = LoopGroup.open(3)) {
            onLoop(() -> {
                Set<Loop> loops = ConcurrentHashMap.newKeySet();
                TcpServer server = TcpServer.builder().loops(serving).start(ANY, stream -> {
                    loops.add(Loop.current());
                    echo(stream);
                });
                while (loops.size() < 3) {
                    assertEquals("spread", ask(server.port(), "spread"));
                }
                assertEquals(Set.copyOf(serving.loops()), loops);
                client(server);
                client(server);
                yieldUntil(() -> server.connections() == 2);
                server.stop(SOON);
                assertEquals(0, server.connections());
            });
        }
    }

    @Test
    void aHandlersFailureOnAnotherLoopGoesToThatLoopsUncaughtHandlerOnce() throws Exception {
        List<Throwable> there = new CopyOnWriteArrayList<>();
        IllegalStateException bug = new IllegalStateException("a bug in the handler");
        try (LoopGroup serving = LoopGroup.builder()
                .loops(2)
                .uncaughtHandler((greenlet, failure) -> there.add(failure))
                .open()) {
            onLoop(() -> {
                TcpServer server = TcpServer.builder().loops(serving).start(ANY, stream -> {
                    throw bug;
                });
                for (int i = 0; i < 20; i++) {
                    try (TcpStream client = TcpStream.connect("127.0.0.1", server.port())) {
                        assertEquals(-1, client.read(ByteBuffer.allocate(1)));
                    }
                }
                server.stop(LONG);
            });
        }
        assertEquals(20, there.size());
        assertEquals(List.of(), uncaught);
    }

    @Test
    void boundsMustBePositive() {
        TcpServer.Builder builder = TcpServer.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.maxConnections(0));
        assertThrows(IllegalArgumentException.class, () -> builder.acceptsInARow(0));
        assertThrows(IllegalArgumentException.class, () -> builder.backlog(-1));
    }

    @Test
    void greenletsThatServeAreNamedByTheirPeers() throws Exception {
        onLoop(() -> {
            CompletableFuture<String> name = new CompletableFuture<>();
            TcpServer server = TcpServer.start(
                    ANY, stream -> name.complete(Greenlet.current().name()));
            SocketChannel client = client(server);
            String peer = Addresses.text((InetSocketAddress) client.getLocalAddress());
            assertEquals(peer + "->" + server.port(), Weft.await(name));
            server.close();
        });
    }
}
