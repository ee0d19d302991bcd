package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Connecting with TCP: what can go wrong on the way, and names, which are looked up elsewhere. */
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
final class ConnectTest {
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    /** An address whose backlog is full, so that a connection gets no answer. */
    private static final class Deaf implements AutoCloseable {
        private final TcpListener listener = TcpListener.bind(ANY, 1);
        private final List<SocketChannel> backlog = new ArrayList<>();

        Deaf() throws IOException {
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
    void aRefusedConnectionNamesTheRefusal() throws Exception {
        SocketContract.onLoop(() -> {
            InetSocketAddress nobody;
            try (TcpListener listener = TcpListener.bind(ANY)) {
                nobody = listener.localAddress();
            }
            assertThrows(ConnectException.class, () -> TcpStream.connect(nobody));
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

    private static int spawnSites(Throwable failure) {
        return (int) List.of(failure.getSuppressed()).stream()
                .filter(dev.weft.SpawnSite.class::isInstance)
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
