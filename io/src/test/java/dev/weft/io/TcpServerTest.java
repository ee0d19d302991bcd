package dev.weft.io;

import static dev.weft.io.SocketContract.LONG;
import static dev.weft.io.SocketContract.SOON;
import static dev.weft.io.SocketContract.bytes;
import static dev.weft.io.SocketContract.receive;
import static dev.weft.io.SocketContract.send;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.lowlevel.LoopListener;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The server: who serves, how many, and how it ends. */
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
final class TcpServerTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final List<SocketChannel> clients = new ArrayList<>();
    private final List<Throwable> uncaught = new CopyOnWriteArrayList<>();

    /** Runs {@code body} on a loop whose uncaught failures are collected; closes the clients. */
    private void onLoop(Weft.VoidBody<Exception> body) throws Exception {
        onLoop(new LoopListener() {}, body);
    }

    private void onLoop(LoopListener listener, Weft.VoidBody<Exception> body) throws Exception {
        try (LoopGroup group = LoopGroup.builder()
                .listener(listener)
                .uncaughtHandler((greenlet, failure) -> uncaught.add(failure))
                .open()) {
            group.spawn(body::run).join();
        } finally {
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }

    private SocketChannel client(TcpServer server) throws IOException {
        SocketChannel client =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        clients.add(client);
        return client;
    }

    private static void yieldUntil(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Weft.yieldNow();
        }
    }

    private static void echo(TcpStream stream) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(64);
        while (stream.read(buffer) >= 0) {
            stream.write(buffer.flip());
            buffer.clear();
        }
    }

    private static void untilKilled(TcpStream stream) throws IOException {
        stream.read(ByteBuffer.allocate(1));
    }

    /** Asks in a greenlet, as a blocking read of the answer would hold the server's loop. */
    private static String ask(int port, String question) throws IOException {
        try (TcpStream stream = TcpStream.connect("127.0.0.1", port)) {
            stream.write(bytes(question));
            return receive(stream, question.length());
        }
    }

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
        List<Greenlet<?>> killed = new ArrayList<>();
        LoopListener killer = new LoopListener() {
            @Override
            public void onSpawn(Loop loop, Greenlet<?> greenlet) {
                if (greenlet.spawnSite().getClassName().startsWith(TcpServer.class.getName() + "$Connection")) {
                    killed.add(greenlet);
                    greenlet.kill();
                }
            }
        };
        onLoop(killer, () -> {
            TcpServer server = TcpServer.start(ANY, stream -> {
                throw new AssertionError("it ran");
            });
            SocketChannel client = client(server);
            yieldUntil(() -> !killed.isEmpty() && killed.get(0).state().isDone());
            yieldUntil(() -> server.connections() == 0);
            assertEquals(-1, client.read(ByteBuffer.allocate(1)));
            server.stop(LONG);
        });
        assertEquals(1, killed.size());
        assertEquals(List.of(), uncaught);
    }

    /** Who stops the server. */
    enum Stopper {
        GREENLET {
            @Override
            void stop(TcpServer server, Duration grace) {
                server.stop(grace);
            }
        },
        THREAD {
            @Override
            void stop(TcpServer server, Duration grace) {
                Weft.await(CompletableFuture.runAsync(() -> server.stop(grace)));
            }
        };

        abstract void stop(TcpServer server, Duration grace);
    }

    @ParameterizedTest
    @EnumSource
    void stoppingAnIdleServerFreesItsPort(Stopper stopper) throws Exception {
        onLoop(() -> {
            TcpServer server = TcpServer.start(ANY, TcpServerTest::echo);
            assertEquals("x", ask(server.port(), "x"));
            stopper.stop(server, LONG);
            assertThrows(ConnectException.class, () -> ask(server.port(), "x"));
            stopper.stop(server, LONG);
        });
    }

    @ParameterizedTest
    @EnumSource
    void handlersThatEndWithinTheGraceAreLeftInPeace(Stopper stopper) throws Exception {
        onLoop(() -> {
            List<String> ends = new ArrayList<>();
            TcpServer server = TcpServer.start(ANY, stream -> {
                try {
                    ends.add(receive(stream, 4));
                } catch (Cancelled e) {
                    ends.add("killed");
                }
            });
            SocketChannel client = client(server);
            yieldUntil(() -> server.connections() == 1);
            Greenlet<?> stopping = Weft.spawn(() -> stopper.stop(server, LONG));
            SocketContract.untilWaiting(stopping);
            assertThrows(IOException.class, () -> {
                while (true) {
                    TcpStream.connect("127.0.0.1", server.port()).close(); // until the stop has begun
                }
            });
            Weft.sleep(SOON); // a span in which nothing may happen, nothing is waited for
            send(client, "done");
            stopping.join();
            assertTrue(ends.contains("done") && !ends.contains("killed"), ends::toString);
            assertEquals(0, server.connections());
        });
    }

    @ParameterizedTest
    @EnumSource
    void handlersThatDoNotEndAreKilledAfterTheGrace(Stopper stopper) throws Exception {
        onLoop(() -> {
            List<Throwable> ends = new ArrayList<>();
            TcpServer server = TcpServer.builder().maxConnections(2).start(ANY, stream -> {
                try {
                    untilKilled(stream);
                } catch (RuntimeException e) {
                    ends.add(e);
                    throw e;
                }
            });
            SocketChannel one = client(server);
            SocketChannel two = client(server);
            yieldUntil(() -> server.connections() == 2);
            stopper.stop(server, SOON);
            assertEquals(0, server.connections());
            assertEquals(2, ends.size());
            assertTrue(ends.stream().allMatch(Cancelled.class::isInstance), ends::toString);
            assertTrue(String.valueOf(ends.get(0).getMessage()).contains("stopped"), ends::toString);
            assertEquals(-1, one.read(ByteBuffer.allocate(1)));
            assertEquals(-1, two.read(ByteBuffer.allocate(1)));
        });
        assertEquals(List.of(), uncaught);
    }

    @ParameterizedTest
    @EnumSource
    void stopWaitsForHandlersThatAreSlowToHearTheKill(Stopper stopper) throws Exception {
        onLoop(() -> {
            List<String> ends = new ArrayList<>();
            TcpServer server = TcpServer.start(ANY, stream -> {
                for (int swallowed = 0; swallowed < 5; swallowed++) {
                    try {
                        untilKilled(stream);
                    } catch (Cancelled deaf) {
                        // As careless code does.
                    }
                }
                ends.add("at last");
            });
            client(server);
            yieldUntil(() -> server.connections() == 1);
            stopper.stop(server, Duration.ZERO);
            assertEquals(List.of("at last"), ends);
            assertEquals(0, server.connections());
        });
    }

    @Test
    void twoMayStopItAtOnce() throws Exception {
        onLoop(() -> {
            TcpServer server = TcpServer.start(ANY, TcpServerTest::untilKilled);
            SocketChannel client = client(server);
            yieldUntil(() -> server.connections() == 1);
            Greenlet<?> one = Weft.spawn(() -> server.stop(LONG));
            Greenlet<?> two = Weft.spawn(() -> server.stop(LONG));
            SocketContract.untilWaiting(one);
            SocketContract.untilWaiting(two);
            for (int i = 0; i < 20; i++) {
                Weft.yieldNow(); // both wait for the last connection now
            }
            client.close();
            one.join(LONG);
            two.join(LONG);
        });
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
                for (int i = 0; i < 6; i++) {
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
    void theGroupsEndEndsTheServerThatWasNotStopped() throws Exception {
        List<Integer> port = new ArrayList<>();
        onLoop(() -> {
            TcpServer server = TcpServer.start(ANY, TcpServerTest::untilKilled);
            client(server);
            yieldUntil(() -> server.connections() == 1);
            port.add(server.port());
        });
        assertThrows(
                ConnectException.class,
                () -> SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port.get(0))));
    }

    @Test
    void theGroupsEndEndsAServerThatHasNotBegun() throws Exception {
        List<Integer> port = new ArrayList<>();
        onLoop(() -> port.add(TcpServer.start(ANY, TcpServerTest::echo).port()));
        assertThrows(
                ConnectException.class,
                () -> SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port.get(0))));
    }

    @Test
    void boundsMustBePositive() {
        TcpServer.Builder builder = TcpServer.builder();
        assertThrows(IllegalArgumentException.class, () -> builder.maxConnections(0));
        assertThrows(IllegalArgumentException.class, () -> builder.acceptsInARow(0));
        assertThrows(IllegalArgumentException.class, () -> builder.backlog(-1));
    }
}
