package dev.weft.io;

import static dev.weft.io.SocketContract.LONG;
import static dev.weft.io.SocketContract.SOON;
import static dev.weft.io.SocketContract.tooMuch;
import static dev.weft.io.SocketContract.untilPolled;
import static dev.weft.io.SocketContract.untilWaiting;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.CheckedAction;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.io.javanet.WeftSockets;
import dev.weft.io.selector.ScriptedSelector;
import dev.weft.io.selector.SelectorPoller;
import dev.weft.testing.NoGreenletLeaks;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Readiness without data, again and again, does not stretch the time limit of an operation. */
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
@Timeout(60)
final class TimeLimitTest {
    private static final long PATIENCE_NANOS = 5_000_000_000L; // a hundred times what an operation may take
    private static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    private Path directory;

    @SuppressWarnings("NullAway.Init") // by the poller
    private volatile ScriptedSelector selector;

    @BeforeAll
    @Timeout(180)
    static void makeCertificates() {
        Certificates.context();
    }

    private void onScriptedLoop(CheckedAction<Exception> body) throws Exception {
        try (LoopGroup group = LoopGroup.builder()
                .poller(() -> new SelectorPoller(() -> {
                    selector = new ScriptedSelector();
                    return selector;
                }))
                .uncaughtHandler((greenlet, failure) -> {})
                .open()) {
            group.spawn(body).join();
        }
    }

    /** Lets the selector report {@code operations} while {@code limited} waits, which must end by its limit all the same. */
    private <X extends Exception> X endedWhileReported(Class<X> failure, int operations, Callable<?> limited) {
        return endedDuring(failure, limited, () -> selector.reportOnce(operations));
    }

    /** Again, if the machine is so busy that there were hardly any disturbances within the limit. */
    private static <X extends Exception> X endedDuring(
            Class<X> failure, Callable<?> limited, CheckedAction<? extends Exception> disturbance) {
        long[] disturbances = new long[1];
        X thrown;
        do {
            thrown = endedDuring(failure, limited, disturbance, disturbances);
        } while (disturbances[0] <= 3);
        return thrown;
    }

    private static <X extends Exception> X endedDuring(
            Class<X> failure,
            Callable<?> limited,
            CheckedAction<? extends Exception> disturbance,
            long[] disturbances) {
        return assertThrows(failure, () -> {
            Greenlet<?> waiting = Weft.spawn(limited::call);
            untilWaiting(waiting);
            long begin = System.nanoTime();
            disturbances[0] = 0;
            while (!waiting.state().isDone() && System.nanoTime() - begin < PATIENCE_NANOS) {
                disturbance.run();
                disturbances[0]++;
                untilPolled();
            }
            boolean inTime = waiting.state().isDone();
            waiting.kill();
            assertTrue(inTime, "the limit was stretched");
            waiting.join();
        });
    }

    @ParameterizedTest
    @CsvSource({"TCP, AUTOMATIC", "TCP, EXPLICIT", "UNIX, AUTOMATIC"})
    void ofAStreamThatIsRead(SocketFamily family, Form form) throws Exception {
        onScriptedLoop(() -> {
            try (SocketContract.Ends ends = family.ends(directory)) {
                ByteBuffer target = ByteBuffer.allocate(10);
                DeadlineExceeded late = endedWhileReported(
                        DeadlineExceeded.class, SelectionKey.OP_READ, () -> form.read(ends.one(), target, SOON));
                assertEquals(SOON, late.timeout());
                assertTrue(String.valueOf(late.getMessage()).contains("PT0.02S"), late::getMessage);
                assertEquals(0, target.position());
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void ofAStreamThatIsWritten(Form form) throws Exception {
        onScriptedLoop(() -> {
            try (SocketContract.Ends ends = SocketFamily.TCP.ends(directory)) {
                endedWhileReported(
                        DeadlineExceeded.class, SelectionKey.OP_WRITE, () -> form.write(ends.one(), tooMuch(), SOON));
            }
        });
    }

    @Test
    void ofAWriteToAPeerThatReadsALittleNowAndThen() throws Exception {
        onScriptedLoop(() -> {
            try (SocketContract.Ends ends = SocketFamily.UNIX.ends(directory)) {
                ByteBuffer sip = ByteBuffer.allocate(4 * 1024);
                endedDuring(
                        DeadlineExceeded.class,
                        () -> ends.one().write(tooMuch(), SOON),
                        () -> ends.other().read(sip.clear()));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void ofAListener(Form form) throws Exception {
        onScriptedLoop(() -> {
            try (TcpListener listener = TcpListener.bind(ANY)) {
                endedWhileReported(DeadlineExceeded.class, SelectionKey.OP_ACCEPT, () -> form.accept(listener, SOON));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void ofADatagram(Form form) throws Exception {
        onScriptedLoop(() -> {
            try (UdpSocket socket = UdpSocket.bind(ANY)) {
                endedWhileReported(
                        DeadlineExceeded.class,
                        SelectionKey.OP_READ,
                        () -> form.receive(socket, ByteBuffer.allocate(10), SOON));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void ofTlsThatIsReadWhilePartsOfARecordCome(Form form) throws Exception {
        onScriptedLoop(() -> {
            try (SocketContract.Pair pair = TlsFamily.SERVER.pair(directory)) {
                OutputStream raw = ((TlsPeer) pair.peer()).raw.getOutputStream();
                raw.write(new byte[] {23, 3, 3, 0x40, 0}); // the header of a record of 16 KiB
                endedDuring(
                        DeadlineExceeded.class,
                        () -> form.read(pair.stream(), ByteBuffer.allocate(10), SOON),
                        () -> raw.write(0));
                pair.stream().close();
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void ofTlsThatIsWritten(Form form) throws Exception {
        onScriptedLoop(() -> {
            try (SocketContract.Ends ends = TlsFamily.CLIENT.ends(directory)) {
                endedWhileReported(
                        DeadlineExceeded.class,
                        SelectionKey.OP_WRITE,
                        () -> form.write(ends.one(), tooMuch(), SOON.multipliedBy(10))); // it encrypts first
            }
        });
    }

    @Test
    void ofASocketOfJavaNet() throws Exception {
        onScriptedLoop(() -> {
            try (ServerSocket server = WeftSockets.serverSocketFactory().createServerSocket()) {
                server.bind(ANY);
                try (Socket client = WeftSockets.socketFactory().createSocket()) {
                    client.connect(server.getLocalSocketAddress(), (int) LONG.toMillis());
                    client.setSoTimeout((int) SOON.toMillis());
                    endedWhileReported(
                            SocketTimeoutException.class,
                            SelectionKey.OP_READ,
                            () -> client.getInputStream().read());
                    server.accept().close();
                }
                server.setSoTimeout((int) SOON.toMillis());
                endedWhileReported(SocketTimeoutException.class, SelectionKey.OP_ACCEPT, server::accept);
                assertFalse(server.isClosed());
            }
        });
    }
}
