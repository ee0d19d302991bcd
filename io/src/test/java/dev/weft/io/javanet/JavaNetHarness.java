package dev.weft.io.javanet;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.LoopGroup;
import dev.weft.io.NoDescriptorLeaks;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/** A test of one kind of sockets, which some kinds of parties use in turn: each {@link #start} is on the next kind. */
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class JavaNetHarness {
    static final int NARROW = 8 * 1024;
    static final int TOO_MUCH = 16 * 1024 * 1024;

    final Sockets sockets;
    private final List<Party> parties;
    private int turn;

    @SuppressWarnings("NullAway.Init") // by the set-up
    private LoopGroup group;

    JavaNetHarness(Sockets sockets, Party... parties) {
        this.sockets = sockets;
        this.parties = List.of(parties);
    }

    @BeforeAll
    static void openWhatStaysOpen() throws IOException {
        SelectorThread.current();
    }

    @BeforeEach
    void open() {
        group = LoopGroup.builder()
                .loops(2)
                .uncaughtHandler((greenlet, failure) -> {})
                .open();
    }

    @AfterEach
    void close() {
        group.close();
    }

    /** Runs {@code body} on the party whose turn it is. */
    <T> Party.Task<T> start(Callable<T> body) throws Exception {
        return parties.get(Math.floorMod(turn++, parties.size())).start(group, body);
    }

    /** From now on it is the turn of another party. */
    void turnOn(int by) {
        turn += by;
    }

    /** A part of a test. */
    @FunctionalInterface
    interface Body {
        void run() throws Exception;
    }

    /** What has two connected sockets. */
    @FunctionalInterface
    interface PairBody {
        void run(Socket one, Socket other) throws Exception;
    }

    /** Runs the whole of a test on a party. */
    void test(Body body) throws Exception {
        start(() -> {
                    body.run();
                    return "done";
                })
                .join();
    }

    ServerSocket listening() throws IOException {
        ServerSocket server = sockets.server();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        return server;
    }

    void withPair(PairBody body) throws Exception {
        test(() -> {
            try (ServerSocket server = listening();
                    Socket one = sockets.stream()) {
                one.connect(server.getLocalSocketAddress());
                try (Socket other = server.accept()) {
                    body.run(one, other);
                }
            }
        });
    }

    static byte[] bytes(String text) {
        return text.getBytes(US_ASCII);
    }

    static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(bytes(text));
    }

    static String receive(Socket socket, int count) throws IOException {
        return new String(socket.getInputStream().readNBytes(count), US_ASCII);
    }

    /** As {@link #withPair}, with buffers so small that a writer soon waits. */
    void withNarrowPair(PairBody body) throws Exception {
        test(() -> {
            try (ServerSocket server = sockets.server();
                    Socket one = sockets.stream()) {
                server.setReceiveBufferSize(NARROW);
                server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                one.setSendBufferSize(NARROW);
                one.connect(server.getLocalSocketAddress());
                try (Socket other = server.accept()) {
                    body.run(one, other);
                }
            }
        });
    }

    void withServer(ServerBody body) throws Exception {
        test(() -> {
            try (ServerSocket server = listening()) {
                body.run(server);
            }
        });
    }

    /** What has a listening socket. */
    @FunctionalInterface
    interface ServerBody {
        void run(ServerSocket server) throws Exception;
    }

    /** Somebody reads one byte of {@code socket}, and waits. */
    Party.Task<Integer> waitingReader(Socket socket) throws Exception {
        Party.Task<Integer> reader = start(() -> socket.getInputStream().read());
        reader.untilWaiting();
        return reader;
    }

    /** Somebody writes more than the buffers take, and waits. */
    Party.Task<String> waitingWriter(Socket socket) throws Exception {
        Party.Task<String> writer = start(() -> {
            socket.getOutputStream().write(new byte[TOO_MUCH]);
            return "written";
        });
        writer.untilWaiting();
        return writer;
    }

    /** Somebody accepts, and waits. */
    Party.Task<String> waitingAcceptor(ServerSocket server) throws Exception {
        Party.Task<String> acceptor = start(() -> {
            server.accept().close();
            return "accepted";
        });
        acceptor.untilWaiting();
        return acceptor;
    }

    /** Somebody connects to one who does not accept, and waits. */
    Party.Task<String> waitingConnector(Socket socket, FullServer server) throws Exception {
        Party.Task<String> connector = start(() -> {
            socket.connect(server.address());
            return "connected";
        });
        connector.untilWaiting();
        return connector;
    }

    /** Ends with the JDK's exception for it, and with {@code message}. */
    static void assertEndsWith(String message, Party.Task<?> task) {
        assertEndsWith(SocketException.class, message, task::join);
    }

    static <X extends Exception> void assertEndsWith(Class<X> kind, String message, Executable body) {
        assertEquals(kind.getName() + ": " + message, assertThrows(kind, body).toString());
    }

    /** Its queue of connections is full: the system lets further ones wait. */
    record FullServer(ServerSocket server, List<Socket> queue) implements AutoCloseable {
        static FullServer open() throws IOException {
            ServerSocket server = new ServerSocket();
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            List<Socket> queue = new ArrayList<>();
            while (true) {
                Socket next = new Socket();
                try {
                    next.connect(server.getLocalSocketAddress(), 50);
                    queue.add(next);
                } catch (java.net.SocketTimeoutException full) {
                    return new FullServer(server, queue);
                }
            }
        }

        SocketAddress address() {
            return server.getLocalSocketAddress();
        }

        @Override
        public void close() throws IOException {
            for (Socket each : queue) {
                each.close();
            }
            server.close();
        }
    }
}
