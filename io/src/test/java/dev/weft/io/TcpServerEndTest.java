package dev.weft.io;

import static dev.weft.io.SocketContract.LONG;
import static dev.weft.io.SocketContract.SOON;
import static dev.weft.io.SocketContract.receive;
import static dev.weft.io.SocketContract.send;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Weft;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a server ends: stopped, by others, or with its group. */
final class TcpServerEndTest extends TcpServerFixture {
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
            TcpServer server = TcpServer.start(ANY, TcpServerEndTest::echo);
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
    void connectionsThatArePendingAreServedBeforeItEnds() throws Exception {
        onLoop(() -> {
            TcpServer server = TcpServer.builder().acceptsInARow(1).start(ANY, TcpServerEndTest::echo);
            List<SocketChannel> clients = new ArrayList<>(); // more than are accepted before the stop
            for (int i = 0; i < 20; i++) {
                SocketChannel client = client(server); // the operating system answers; the loop has not run since
                send(client, "x");
                clients.add(client);
            }
            Greenlet<?> stopping = Weft.spawn(() -> server.stop(LONG));
            for (SocketChannel client : clients) {
                assertEquals("x", Weft.offload(() -> receive(client, 1)));
                client.close();
            }
            stopping.join();
        });
    }

    @Test
    void twoMayStopItAtOnce() throws Exception {
        onLoop(() -> {
            TcpServer server = TcpServer.start(ANY, TcpServerEndTest::untilKilled);
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
    void theGroupsEndEndsTheServerThatWasNotStopped() throws Exception {
        List<Integer> port = new ArrayList<>();
        onLoop(() -> {
            TcpServer server = TcpServer.start(ANY, TcpServerEndTest::untilKilled);
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
        onLoop(() -> port.add(TcpServer.start(ANY, TcpServerEndTest::echo).port()));
        assertThrows(
                ConnectException.class,
                () -> SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port.get(0))));
    }
}
