package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.SpawnSite;
import dev.weft.Weft;
import dev.weft.io.names.StagedNames;
import dev.weft.spi.LoopListener;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connecting with TCP: what can go wrong on the way, and names, which are looked up elsewhere. */
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
final class ConnectTest {
    private static final InetAddress UNROUTABLE =
            InetAddress.ofLiteral("224.0.0.1"); // for TCP the system refuses at once
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    /** An address whose backlog is full, so that a connection gets no answer. */
    private static final class Deaf implements AutoCloseable {
        private final TcpListener listener;
        private final List<SocketChannel> backlog = new ArrayList<>();

        Deaf() throws IOException {
            this(ANY);
        }

        Deaf(InetSocketAddress address) throws IOException {
            listener = TcpListener.bind(address, 1);
            for (int i = 0; i < 4; i++) {
                SocketChannel channel = SocketChannel.open();
                channel.configureBlocking(false);
                channel.connect(listener.localAddress());
                backlog.add(channel);
            }
        }

        InetSocketAddress address() throws IOException {
            return listener.localAddress();
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel channel : backlog) {
                channel.close();
            }
            listener.close();
        }
    }

    @Test
    void connectTimesOutAndLeavesNothing() throws Exception {
        SocketContract.onLoop(() -> {
            try (Deaf deaf = new Deaf()) {
                int before = sockets();
                DeadlineExceeded timeout = assertThrows(
                        DeadlineExceeded.class, () -> TcpStream.connect(deaf.address(), SocketContract.SOON));
                assertEquals(SocketContract.SOON, timeout.timeout());
                SocketContract.untilPolled();
                assertEquals(before, sockets());
            }
        });
    }

    @Test
    void aKilledConnectLeavesNothing() throws Exception {
        SocketContract.onLoop(() -> {
            try (Deaf deaf = new Deaf()) {
                int before = sockets();
                Greenlet<TcpStream> connecting = Weft.spawn(() -> TcpStream.connect(deaf.address()));
                SocketContract.untilWaiting(connecting);
                assertEquals(before + 1, sockets());
                connecting.kill();
                assertThrows(Cancelled.class, connecting::join);
                SocketContract.untilPolled();
                assertEquals(before, sockets());
            }
        });
    }

    @Test
    void whoHasBeenKilledConnectsNoMore() throws Exception {
        SocketContract.onLoop(() -> {
            try (TcpListener listener = TcpListener.bind(ANY)) {
                int before = sockets();
                Greenlet<TcpStream> killed = Weft.spawn(() -> {
                    Greenlet.current().kill();
                    return TcpStream.connect(listener.localAddress());
                });
                assertThrows(Cancelled.class, killed::join);
                assertEquals(before, sockets());
                assertThrows(DeadlineExceeded.class, () -> listener.accept(Duration.ZERO));
            }
        });
    }

    @Test
    void aRefusedConnectionNamesTheAddress() throws Exception {
        SocketContract.onLoop(() -> {
            InetSocketAddress nobody;
            try (TcpListener listener = TcpListener.bind(ANY)) {
                nobody = listener.localAddress();
            }
            int before = sockets();
            ConnectException refused = assertThrows(ConnectException.class, () -> TcpStream.connect(nobody));
            assertTrue(
                    refused.toString().contains("cannot connect to 127.0.0.1:" + nobody.getPort()), refused::toString);
            assertThrows(ConnectException.class, () -> TcpStream.connect(nobody, SocketContract.LONG));
            SocketContract.untilPolled();
            assertEquals(before, sockets());
        });
    }

    @Test
    void anAddressWithoutAWayThereIsNamed() throws Exception {
        SocketContract.onLoop(() -> {
            int before = sockets();
            SocketException unroutable =
                    assertThrows(SocketException.class, () -> TcpStream.connect(UNROUTABLE.getHostAddress(), 9));
            assertTrue(unroutable.toString().contains("cannot connect to 224.0.0.1:9"), unroutable::toString);
            assertEquals(before, sockets());
        });
    }

    @Test
    void anAddressWithoutAWayThereIsPassedOver() throws Exception {
        String host = StagedNames.name(StagedNames.fresh("routes"), UNROUTABLE, InetAddress.getLoopbackAddress());
        SocketContract.onLoop(() -> {
            try (TcpListener listener = TcpListener.bind(ANY);
                    TcpStream client = TcpStream.connect(host, listener.port())) {
                assertEquals(listener.localAddress(), client.remoteAddress());
            }
        });
    }

    /** A name with the addresses 127.0.0.{@code last}. */
    private static String named(int... last) throws IOException {
        InetAddress[] addresses = new InetAddress[last.length];
        for (int i = 0; i < last.length; i++) {
            addresses[i] = loopback(last[i]);
        }
        return StagedNames.name(StagedNames.fresh("slow"), addresses);
    }

    private static InetAddress loopback(int last) throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
    }

    @Test
    void anAddressThatGivesNoAnswerIsOvertakenAndLeavesNothing() throws Exception {
        SocketContract.onLoop(() -> {
            try (TcpListener listener = TcpListener.bind(ANY);
                    Deaf deaf = new Deaf(new InetSocketAddress(loopback(3), listener.port()))) {
                int before = sockets();
                try (TcpStream client = TcpStream.connect(named(3, 1), listener.port());
                        TcpStream server = listener.accept()) {
                    assertEquals(listener.localAddress(), client.remoteAddress());
                    assertEquals(deaf.address().getPort(), listener.port());
                    client.write(SocketContract.bytes("w"));
                    assertEquals("w", SocketContract.receive(server, 1));
                    SocketContract.untilPolled();
                    assertEquals(before + 2, sockets());
                }
            }
            assertEquals(List.of(Greenlet.current()), Loop.current().greenlets());
            assertEquals(0, Loop.current().statistics().timers());
        });
    }

    @Test
    void aRaceThatIsKilledOrOutOfTimeLeavesNothing() throws Exception {
        SocketContract.onLoop(() -> {
            try (Deaf one = new Deaf(new InetSocketAddress(loopback(4), 0));
                    Deaf other = new Deaf(
                            new InetSocketAddress(loopback(5), one.address().getPort()))) {
                int port = other.address().getPort();
                int before = sockets();
                Greenlet<TcpStream> killed = Weft.spawn(() -> TcpStream.connect(named(4, 5), port));
                while (sockets() < before + 2) {
                    Weft.sleep(Duration.ofMillis(1));
                }
                killed.kill();
                assertThrows(Cancelled.class, killed::join);
                SocketContract.untilPolled();
                assertEquals(before, sockets());
                DeadlineExceeded timeout = assertThrows(
                        DeadlineExceeded.class,
                        () -> TcpStream.connect(
                                InetSocketAddress.createUnresolved(named(4, 5), port), Duration.ofMillis(300)));
                assertTrue(timeout.toString().contains("connection to slow"), timeout::toString);
                SocketContract.untilPolled();
                assertEquals(before, sockets());
            }
        });
    }

    @Test
    void aNameIsLookedUpWhileOthersRun() throws Exception {
        SocketContract.onLoop(() -> {
            try (StagedNames.Hang hang = new StagedNames.Hang();
                    TcpListener listener = TcpListener.bind(ANY)) {
                Greenlet<TcpStream> connecting =
                        Weft.spawn(() -> TcpStream.connect("hang-others.staged", listener.port()));
                while (!hang.isAsked()) {
                    Weft.yieldNow();
                }
                for (int i = 0; i < 100; i++) {
                    Weft.yieldNow();
                }
                assertFalse(connecting.state().isDone());
                assertTrue(connecting.waitingOn().contains("hang-others.staged"), connecting.waitingOn());
                hang.letGo();
                try (TcpStream client = connecting.join();
                        TcpStream server = listener.accept()) {
                    client.write(SocketContract.bytes("n"));
                    assertEquals("n", SocketContract.receive(server, 1));
                }
            }
        });
    }

    @Test
    void aNameServerThatHangsIsLeftAtTheDeadline() throws Exception {
        SocketContract.onLoop(() -> {
            try (StagedNames.Hang hang = new StagedNames.Hang()) {
                InetSocketAddress address = InetSocketAddress.createUnresolved("hang-deadline.staged", 1);
                DeadlineExceeded timeout =
                        assertThrows(DeadlineExceeded.class, () -> TcpStream.connect(address, Duration.ofMillis(50)));
                assertTrue(String.valueOf(timeout.getMessage()).contains("hang-deadline.staged"), timeout::getMessage);
                assertEquals(Duration.ofMillis(50), timeout.timeout());
                hang.letGo();
            }
        });
    }

    @Test
    void aNameServerThatHangsIsLeftByTheKilled() throws Exception {
        SocketContract.onLoop(() -> {
            try (StagedNames.Hang hang = new StagedNames.Hang()) {
                Greenlet<TcpStream> connecting = Weft.spawn(() -> TcpStream.connect("hang-killed.staged", 1));
                while (!hang.isAsked()) {
                    Weft.yieldNow();
                }
                connecting.kill();
                assertThrows(Cancelled.class, connecting::join);
            }
        });
    }

    @Test
    void anUnknownNameSaysSo() throws Exception {
        SocketContract.onLoop(() -> {
            UnknownHostException unknown =
                    assertThrows(UnknownHostException.class, () -> TcpStream.connect("nobody-knows.staged", 1));
            assertTrue(String.valueOf(unknown.getMessage()).contains("nobody-knows.staged"));
        });
    }

    @Test
    void theAddressesOfANameAreTriedInTurn() throws Exception {
        SocketContract.onLoop(() -> {
            InetSocketAddress nobody;
            try (TcpListener listener = TcpListener.bind(ANY)) {
                nobody = listener.localAddress();
                try (TcpStream client = TcpStream.connect("two.staged", listener.port())) {
                    assertEquals(
                            "127.0.0.1", client.remoteAddress().getAddress().getHostAddress());
                    listener.accept().close();
                    assertEquals(-1, client.read(ByteBuffer.allocate(1)));
                }
            }
            Weft.yieldNow();
            int before = sockets();
            ConnectException refused =
                    assertThrows(ConnectException.class, () -> TcpStream.connect("two.staged", nobody.getPort()));
            assertEquals(1, refused.getSuppressed().length - spawnSites(refused), "one refusal for each address");
            Weft.yieldNow();
            assertEquals(before, sockets());
        });
    }

    @Test
    void theAttemptsAreSpawnedWhereConnectWasCalled() throws Exception {
        Queue<String> sites = new ConcurrentLinkedQueue<>();
        LoopListener listener = new LoopListener() {
            @Override
            public void onSpawn(Loop loop, Greenlet<?> greenlet) {
                if (greenlet.name().startsWith("connection to ")) {
                    sites.add(greenlet.spawnSite().getClassName());
                }
            }
        };
        try (LoopGroup group = LoopGroup.builder().listener(listener).open()) {
            group.spawn(() -> {
                        try (TcpListener server = TcpListener.bind(ANY)) {
                            TcpStream.connect("two.staged", server.port()).close();
                        }
                    })
                    .join();
        }
        assertFalse(sites.isEmpty());
        assertEquals(Set.of(ConnectTest.class.getName()), Set.copyOf(sites));
    }

    private static int spawnSites(Throwable failure) {
        return (int) List.of(failure.getSuppressed()).stream()
                .filter(SpawnSite.class::isInstance)
                .count();
    }

    @Test
    void anAddressAsTextNeedsNoLookUp() throws Exception {
        SocketContract.onLoop(() -> {
            try (TcpListener listener = TcpListener.bind(ANY);
                    TcpStream client = TcpStream.connect("127.0.0.1", listener.port());
                    TcpStream server = listener.accept()) {
                assertEquals(client.localAddress(), server.remoteAddress());
                assertTrue(Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().contains("-offload-")));
            }
        });
    }

    @Test
    void anAddressInUseIsNamed() throws Exception {
        SocketContract.onLoop(() -> {
            try (TcpListener listener = TcpListener.bind(ANY)) {
                int before = sockets();
                java.net.BindException inUse =
                        assertThrows(java.net.BindException.class, () -> TcpListener.bind(listener.localAddress()));
                assertTrue(
                        String.valueOf(inUse.getMessage()).contains("127.0.0.1:" + listener.port()), inUse::getMessage);
                assertEquals(before, sockets());
            }
        });
    }

    private static int sockets() throws IOException {
        return NoDescriptorLeaks.open().getOrDefault("socket", 0);
    }
}
