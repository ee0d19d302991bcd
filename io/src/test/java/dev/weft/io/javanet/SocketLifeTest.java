package dev.weft.io.javanet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.LoopGroup;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sockets outlive loops, are closed by whoever comes first, and leave nothing behind. */
final class SocketLifeTest extends JavaNetHarness {
    private static final int ROUNDS = 100;

    SocketLifeTest() {
        super(Sockets.WEFT, Party.values());
    }

    private static Socket connected(ServerSocket server) throws IOException {
        return WeftSockets.socketFactory().createSocket(server.getInetAddress(), server.getLocalPort());
    }

    @Test
    void aSocketOutlivesItsLoop() throws Exception {
        try (ServerSocket server = listening();
                Socket one = connected(server);
                Socket other = server.accept()) {
            for (int round = 0; round < 3; round++) {
                try (LoopGroup passing = LoopGroup.open()) {
                    Party.Task<Integer> reader = Party.GREENLET.start(
                            passing, () -> other.getInputStream().read());
                    reader.untilWaiting();
                    send(one, "a");
                    assertEquals('a', reader.join());
                }
                Party.Task<Integer> reader = waitingReader(other);
                send(one, "b");
                assertEquals('b', reader.join());
            }
        }
    }

    @Test
    void aLoopThatClosesUnderAReaderClosesTheSocket() throws Exception {
        try (ServerSocket server = listening();
                Socket one = connected(server);
                Socket other = server.accept()) {
            Party.Task<Integer> reader;
            try (LoopGroup passing = LoopGroup.open()) {
                reader = Party.GREENLET.start(
                        passing, () -> other.getInputStream().read());
                reader.untilWaiting();
            }
            assertThrows(SocketException.class, reader::join);
            assertThrows(SocketException.class, () -> receive(other, 1));
            assertEquals(-1, one.getInputStream().read());
        }
    }

    /** Two readers of different kinds, a closer of a third; data, the peer's end and nothing in between. */
    @Test
    void closeAgainstRead() throws Exception {
        closeAgainstRead(10);
    }

    @Test
    @Tag("long")
    @Timeout(300)
    void closeAgainstReadOfManyAtOnce() throws Exception {
        closeAgainstRead(100);
    }

    private void closeAgainstRead(int pairs) throws Exception {
        try (ServerSocket server = listening()) {
            for (int round = 0; round < ROUNDS; round++) {
                race(server, pairs, new SplittableRandom(round));
            }
        }
    }

    private void race(ServerSocket server, int pairs, SplittableRandom random) throws Exception {
        List<Socket> all = new ArrayList<>();
        List<Party.Task<String>> readers = new ArrayList<>();
        List<Party.Task<String>> closers = new ArrayList<>();
        for (int i = 0; i < pairs; i++) {
            Socket one = connected(server);
            Socket other = server.accept();
            all.add(one);
            all.add(other);
            readers.add(start(() -> end(other)));
            readers.add(start(() -> end(other)));
            switch (random.nextInt(4)) {
                case 0 -> send(one, "x");
                case 1 -> one.close();
                case 2 -> Thread.yield();
                default -> {}
            }
            closers.add(start(() -> {
                other.close();
                return "closed";
            }));
            turnOn(random.nextInt(4));
        }
        for (Party.Task<String> reader : readers) {
            assertEquals("allowed", reader.join());
        }
        for (Party.Task<String> closer : closers) {
            assertEquals("closed", closer.join());
        }
        for (Socket each : all) {
            each.close();
        }
    }

    private static String end(Socket socket) {
        try {
            int value;
            do {
                value = socket.getInputStream().read();
            } while (value >= 0);
            return "allowed";
        } catch (SocketException e) {
            boolean allowed =
                    e.toString().endsWith("Socket closed") || e.toString().endsWith("Socket is closed");
            return allowed ? "allowed" : e.toString();
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Test
    void unreferencedSocketsAreFreed() throws Exception {
        try (ServerSocket server = listening()) {
            List<Socket> peers = forgetSome(server);
            for (Socket peer : peers) {
                peer.setSoTimeout(20);
                assertEquals(-1, endOf(peer));
                peer.close();
            }
        }
    }

    private List<Socket> forgetSome(ServerSocket server) throws Exception {
        List<Socket> peers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Socket forgotten = connected(server);
            Socket peer = server.accept();
            Party.Task<Integer> reader = waitingReader(forgotten);
            send(peer, "x");
            assertEquals('x', reader.join());
            peers.add(peer);
        }
        return peers;
    }

    private static int endOf(Socket peer) throws IOException {
        while (true) {
            System.gc();
            try {
                return peer.getInputStream().read();
            } catch (java.net.SocketTimeoutException e) {
                // Not yet.
            }
        }
    }

    @Test
    void theFactoriesConnectAndBind() throws Exception {
        SocketFactory streams = WeftSockets.socketFactory();
        ServerSocketFactory servers = WeftSockets.serverSocketFactory();
        InetAddress loopback = InetAddress.getLoopbackAddress();
        test(() -> {
            try (ServerSocket server = servers.createServerSocket(0, 5, loopback);
                    Socket byAddress = streams.createSocket(loopback, server.getLocalPort());
                    Socket byName = streams.createSocket("localhost", server.getLocalPort());
                    Socket bound = streams.createSocket(loopback, server.getLocalPort(), loopback, 0);
                    Socket both = streams.createSocket("127.0.0.1", server.getLocalPort(), loopback, 0)) {
                for (Socket each : List.of(byAddress, byName, bound, both)) {
                    assertTrue(each.isConnected());
                    server.accept().close();
                    assertEquals(-1, each.getInputStream().read());
                }
            }
            try (ServerSocket any = servers.createServerSocket(0)) {
                assertTrue(any.getInetAddress().isAnyLocalAddress());
                assertThrows(IOException.class, () -> servers.createServerSocket(any.getLocalPort(), 5));
            }
        });
    }

    @Test
    void theFactoriesLeaveNothingOfWhatFails() throws Exception {
        test(() -> {
            int nobody;
            try (ServerSocket server = listening()) {
                nobody = server.getLocalPort();
            }
            SocketFactory streams = WeftSockets.socketFactory();
            for (int i = 0; i < 20; i++) {
                assertThrows(
                        java.net.ConnectException.class,
                        () -> streams.createSocket(InetAddress.getLoopbackAddress(), nobody));
                assertThrows(
                        java.net.UnknownHostException.class, () -> streams.createSocket("nowhere.invalid", nobody));
            }
            assertThrows(IllegalArgumentException.class, () -> streams.createSocket("localhost", 65_536));
        });
    }

    @Test
    void aStreamSocketOfWeftRefusesToBeAServer() throws Exception {
        StreamSocket stream = new StreamSocket();
        stream.create(true);
        assertThrows(SocketException.class, () -> stream.listen(1));
        assertThrows(SocketException.class, () -> stream.accept(new StreamSocket()));
        assertThrows(IOException.class, () -> stream.create(true));
        stream.close();
        ListeningSocket server = new ListeningSocket();
        assertThrows(IOException.class, () -> server.create(false));
        server.create(true);
        assertThrows(SocketException.class, () -> server.listen(1));
        server.bind(InetAddress.getLoopbackAddress(), 0);
        server.listen(1);
        assertThrows(SocketException.class, () -> server.connect(new InetSocketAddress(1), 0));
        assertThrows(SocketException.class, () -> server.accept(server));
        server.close();
    }
}
