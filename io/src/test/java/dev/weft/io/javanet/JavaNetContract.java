package dev.weft.io.javanet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What {@code java.net} promises: addresses and options, and all that it inherits. */
abstract class JavaNetContract extends JavaNetEnds {
    JavaNetContract(Sockets sockets, Party... parties) {
        super(sockets, parties);
    }

    @Test
    void bothEndsKnowTheAddresses() throws Exception {
        withPair((one, other) -> {
            InetAddress loopback = InetAddress.getLoopbackAddress();
            assertEquals(one.getLocalSocketAddress(), other.getRemoteSocketAddress());
            assertEquals(other.getLocalSocketAddress(), one.getRemoteSocketAddress());
            assertEquals(one.getLocalPort(), other.getPort());
            assertEquals(other.getLocalPort(), one.getPort());
            assertEquals(loopback, one.getInetAddress());
            assertEquals(loopback, other.getLocalAddress());
            assertTrue(one.isConnected() && other.isConnected() && one.isBound() && other.isBound());
            assertEquals(
                    "Socket[addr=" + one.getInetAddress() + ",port=" + one.getPort() + ",localport="
                            + one.getLocalPort() + "]",
                    one.toString());
            assertNull(one.getChannel());
        });
    }

    @Test
    void aNewSocketIsNowhere() throws Exception {
        test(() -> {
            try (Socket socket = sockets.stream()) {
                assertFalse(socket.isBound());
                assertEquals(-1, socket.getLocalPort());
                assertEquals(0, socket.getPort());
                assertNull(socket.getInetAddress());
                assertNull(socket.getRemoteSocketAddress());
                assertEquals("Socket[unconnected]", socket.toString());
                assertEndsWith(SocketException.class, "Socket is not connected", socket::getInputStream);
                assertEndsWith(SocketException.class, "Socket is not connected", socket::shutdownOutput);
                assertThrows(SocketException.class, () -> socket.sendUrgentData(1));
            }
        });
    }

    @Test
    void aSocketIsBoundBeforeItConnects() throws Exception {
        withServer(server -> {
            try (Socket client = sockets.stream()) {
                client.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                int port = client.getLocalPort();
                assertNotEquals(0, port);
                assertThrows(SocketException.class, () -> client.bind(null));
                client.connect(server.getLocalSocketAddress());
                try (Socket accepted = server.accept()) {
                    assertEquals(port, accepted.getPort());
                    assertEquals(port, client.getLocalPort());
                }
            }
        });
    }

    @Test
    void aSocketBoundToTheWildcardConnects() throws Exception {
        withServer(server -> {
            try (Socket client = sockets.stream()) {
                client.bind(null);
                assertTrue(client.getLocalAddress().isAnyLocalAddress());
                client.connect(server.getLocalSocketAddress());
                assertEquals(InetAddress.getLoopbackAddress(), client.getLocalAddress());
            }
        });
    }

    @Test
    void aServerTellsWhereItListens() throws Exception {
        test(() -> {
            try (ServerSocket server = sockets.server()) {
                assertFalse(server.isBound());
                assertEquals(-1, server.getLocalPort());
                assertNull(server.getLocalSocketAddress());
                assertEndsWith(SocketException.class, "Socket is not bound yet", server::accept);
                InetAddress loopback = InetAddress.getLoopbackAddress();
                server.bind(new InetSocketAddress(loopback, 0), 5);
                assertEquals(loopback, server.getInetAddress());
                assertEquals(new InetSocketAddress(loopback, server.getLocalPort()), server.getLocalSocketAddress());
                assertEndsWith(SocketException.class, "Already bound", () -> server.bind(null));
                assertNull(server.getChannel());
            }
        });
    }

    @Test
    void anAddressInUseIsRefusedAndAnotherTaken() throws Exception {
        withServer(server -> {
            try (ServerSocket second = sockets.server();
                    Socket client = sockets.stream()) {
                assertThrows(java.net.BindException.class, () -> second.bind(server.getLocalSocketAddress()));
                assertFalse(second.isBound());
                second.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                assertThrows(java.net.BindException.class, () -> client.bind(server.getLocalSocketAddress()));
                client.connect(second.getLocalSocketAddress());
                second.accept().close();
            }
        });
    }

    @Test
    void connectionsAreRefused() throws Exception {
        test(() -> {
            InetSocketAddress nobody;
            try (ServerSocket server = listening()) {
                nobody = (InetSocketAddress) server.getLocalSocketAddress();
            }
            try (Socket socket = sockets.stream()) {
                assertEndsWith(ConnectException.class, "Connection refused", () -> socket.connect(nobody));
                assertTrue(socket.isClosed());
            }
            try (Socket socket = sockets.stream()) {
                assertEndsWith(ConnectException.class, "Connection refused", () -> socket.connect(nobody, 25_000));
            }
        });
    }

    @Test
    @SuppressWarnings("NullAway") // on purpose
    void badAddressesAreRefused() throws Exception {
        test(() -> {
            try (Socket socket = sockets.stream()) {
                assertThrows(IllegalArgumentException.class, () -> socket.connect(null));
                assertThrows(IllegalArgumentException.class, () -> socket.connect(new InetSocketAddress(0), -1));
                assertThrows(
                        IllegalArgumentException.class,
                        () -> socket.connect(java.net.UnixDomainSocketAddress.of("nowhere")));
                InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 1);
                assertThrows(SocketException.class, () -> socket.bind(unresolved));
                assertThrows(UnknownHostException.class, () -> socket.connect(unresolved));
                assertTrue(socket.isClosed());
            }
        });
    }

    /** The system's own word for it, whatever that is on this machine. */
    @Test
    void whereNoWayLeadsTheFailureIsTheJdks() throws Exception {
        InetSocketAddress portZero = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        InetSocketAddress withoutScope = new InetSocketAddress("fe80::1", 9); // of no interface: goes nowhere
        for (InetSocketAddress target : new InetSocketAddress[] {portZero, withoutScope}) {
            IOException expected;
            try (Socket jdks = new Socket()) {
                expected = assertThrows(IOException.class, () -> jdks.connect(target));
            }
            test(() -> {
                try (Socket socket = sockets.stream()) {
                    IOException failure = assertThrows(IOException.class, () -> socket.connect(target));
                    assertEquals(expected.toString(), failure.toString());
                }
            });
        }
    }

    @Test
    void aSocketConnectsOnce() throws Exception {
        withServer(server -> {
            try (Socket client = sockets.stream()) {
                client.connect(server.getLocalSocketAddress());
                assertEndsWith(
                        SocketException.class,
                        "Already connected",
                        () -> client.connect(server.getLocalSocketAddress()));
                assertFalse(client.isClosed());
            }
        });
    }

    @Test
    void theOptionsAreTheJdks() throws Exception {
        Set<SocketOption<?>> ofStreams;
        Set<SocketOption<?>> ofServers;
        try (Socket socket = new Socket();
                ServerSocket server = new ServerSocket()) {
            ofStreams = socket.supportedOptions();
            ofServers = new HashSet<>(server.supportedOptions());
        }
        if (sockets == Sockets.WEFT) {
            ofServers.remove(StandardSocketOptions.IP_TOS); // a server channel has none
        }
        test(() -> {
            try (Socket socket = sockets.stream();
                    ServerSocket server = sockets.server()) {
                assertEquals(ofStreams, socket.supportedOptions());
                assertEquals(ofServers, server.supportedOptions());
            }
        });
    }

    @Test
    void everyOptionCanBeReadAndSetToWhatItIs() throws Exception {
        withPair((one, other) -> {
            for (SocketOption<?> option : one.supportedOptions()) {
                if (!option.name().equals("SO_INCOMING_NAPI_ID")) { // is only to be read
                    setToItself(one, option);
                }
            }
        });
    }

    private static <T> void setToItself(Socket socket, SocketOption<T> option) throws IOException {
        socket.setOption(option, socket.getOption(option));
    }

    @Test
    @SuppressWarnings({"NullAway", "unchecked", "rawtypes"}) // on purpose
    void unknownOptionsAndBadValuesAreRefused() throws Exception {
        withPair((one, other) -> {
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> one.setOption(StandardSocketOptions.IP_MULTICAST_TTL, 1));
            assertThrows(
                    UnsupportedOperationException.class, () -> one.getOption(StandardSocketOptions.IP_MULTICAST_TTL));
            assertThrows(NullPointerException.class, () -> one.setOption(null, 1));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> one.setOption((SocketOption) StandardSocketOptions.TCP_NODELAY, 1));
            assertThrows(IllegalArgumentException.class, () -> one.setOption(StandardSocketOptions.SO_SNDBUF, -1));
            assertThrows(IllegalArgumentException.class, () -> one.setSendBufferSize(0));
            assertThrows(IllegalArgumentException.class, () -> one.setReceiveBufferSize(-1));
            assertThrows(IllegalArgumentException.class, () -> one.setSoTimeout(-1));
            assertThrows(IllegalArgumentException.class, () -> one.setSoLinger(true, -1));
            assertThrows(IllegalArgumentException.class, () -> one.setTrafficClass(256));
        });
    }

    @Test
    void theOldSettersWork() throws Exception {
        withPair((one, other) -> {
            for (boolean on : new boolean[] {true, false}) {
                one.setTcpNoDelay(on);
                assertEquals(on, one.getTcpNoDelay());
                assertEquals(on, one.getOption(StandardSocketOptions.TCP_NODELAY));
                one.setKeepAlive(on);
                assertEquals(on, one.getKeepAlive());
                one.setReuseAddress(on);
                assertEquals(on, one.getReuseAddress());
                one.setOOBInline(on);
                assertEquals(on, one.getOOBInline());
            }
            one.setSoLinger(true, 5);
            assertEquals(5, one.getSoLinger());
            one.setSoLinger(true, 100_000);
            assertEquals(65_535, one.getSoLinger());
            one.setSoLinger(false, 0);
            assertEquals(-1, one.getSoLinger());
            one.setSoTimeout(123);
            assertEquals(123, one.getSoTimeout());
            one.setSoTimeout(0);
            one.setTrafficClass(0x10);
            assertEquals(0x10, one.getTrafficClass());
            one.setSendBufferSize(32 * 1024);
            assertTrue(one.getSendBufferSize() >= 32 * 1024);
            one.setReceiveBufferSize(32 * 1024);
            assertTrue(one.getReceiveBufferSize() >= 32 * 1024);
        });
    }

    @Test
    void optionsOfAServer() throws Exception {
        withServer(server -> {
            assertTrue(server.getReuseAddress());
            server.setReuseAddress(false);
            assertFalse(server.getReuseAddress());
            server.setSoTimeout(77);
            assertEquals(77, server.getSoTimeout());
            server.setReceiveBufferSize(16 * 1024);
            assertTrue(server.getReceiveBufferSize() >= 16 * 1024);
            server.setOption(StandardSocketOptions.SO_REUSEPORT, true);
            assertEquals(true, server.getOption(StandardSocketOptions.SO_REUSEPORT));
            assertThrows(IllegalArgumentException.class, () -> server.setSoTimeout(-1));
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> server.setOption(StandardSocketOptions.TCP_NODELAY, true));
        });
    }

    @Test
    void optionsAreSetBeforeConnecting() throws Exception {
        withServer(server -> {
            try (Socket client = sockets.stream()) {
                client.setTcpNoDelay(true);
                client.setSoTimeout(25_000);
                client.connect(server.getLocalSocketAddress());
                assertTrue(client.getTcpNoDelay());
                assertEquals(25_000, client.getSoTimeout());
            }
        });
    }

    @Test
    void aClosedSocketHasNoOptions() throws Exception {
        withPair((one, other) -> {
            one.close();
            assertThrows(SocketException.class, one::getTcpNoDelay);
            assertThrows(SocketException.class, () -> one.setSoTimeout(1));
            assertThrows(SocketException.class, () -> one.getOption(StandardSocketOptions.SO_SNDBUF));
        });
    }

    @Test
    void urgentDataComesInlineOrNotAtAll() throws Exception {
        withPair((one, other) -> {
            other.setOOBInline(true);
            send(one, "a");
            one.sendUrgentData('!');
            send(one, "b");
            assertEquals("a!b", receive(other, 3));
            send(other, "c");
            other.sendUrgentData('!');
            send(other, "d");
            assertEquals("cd", receive(one, 2));
        });
    }

    @Test
    void urgentDataDoesNotHoldUpTheRest() throws Exception {
        withPair((one, other) -> {
            byte[] target = new byte[16];
            Party.Task<Integer> reader = start(() -> one.getInputStream().read(target));
            reader.untilWaiting();
            send(other, "c");
            other.sendUrgentData('!');
            send(other, "d");
            int first = reader.join();
            if (first == 1) { // as on Linux
                assertEquals(1, one.getInputStream().read(target, 1, 15));
            }
            assertEquals("cd", new String(target, 0, 2, UTF_8));
        });
    }
}
