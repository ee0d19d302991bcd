package dev.weft.io.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.LoopGroup;
import dev.weft.io.NoDescriptorLeaks;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What {@code java.net} promises, for one kind of sockets used by some kinds of parties in turn. */
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
@Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class JavaNetContract {
    final Sockets sockets;
    private final List<Party> parties;
    private int turn;

    @SuppressWarnings("NullAway.Init") // by the set-up
    private LoopGroup group;

    JavaNetContract(Sockets sockets, Party... parties) {
        this.sockets = sockets;
        this.parties = List.of(parties);
    }

    @BeforeAll
    static void openWhatStaysOpen() throws IOException {
        Lookout.current();
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

    // ---- data
    // ----------------------------------------------------------------------------------------------------

    @Test
    void whatIsWrittenIsRead() throws Exception {
        withPair((one, other) -> {
            send(one, "hello");
            assertEquals("hello", receive(other, 5));
            Party.Task<String> reader = start(() -> receive(one, 6));
            reader.untilWaiting();
            send(other, "answer");
            assertEquals("answer", reader.join());
        });
    }

    @Test
    void moreThanTheBuffersTakeIsWritten() throws Exception {
        withPair((one, other) -> {
            byte[] much = new byte[16 * 1024 * 1024];
            new java.util.Random(1).nextBytes(much);
            Party.Task<String> writer = start(() -> {
                one.getOutputStream().write(much);
                one.shutdownOutput();
                return "written";
            });
            writer.untilWaiting();
            assertArrayEquals(much, other.getInputStream().readAllBytes());
            assertEquals("written", writer.join());
        });
    }
}
