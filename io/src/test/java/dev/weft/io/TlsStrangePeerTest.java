package dev.weft.io;

import static dev.weft.io.TlsHandshakeTest.assertSays;
import static dev.weft.io.TlsHandshakeTest.client;
import static dev.weft.io.TlsHandshakeTest.server;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.io.tls.TlsStream;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that stall, hang up, or speak something else in the handshake. */
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
@Timeout(60)
class TlsStrangePeerTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    private Path directory;

    @BeforeAll
    @Timeout(180)
    static void makeCertificates() {
        Certificates.context();
    }

    enum Role {
        CLIENT {
            @Override
            TlsStream shakeHands(SocketStream socket, Duration timeout) throws IOException {
                return client().handshakeTimeout(timeout).client(socket, "localhost");
            }
        },
        SERVER {
            @Override
            TlsStream shakeHands(SocketStream socket, Duration timeout) throws IOException {
                return server().handshakeTimeout(timeout).server(socket);
            }
        };

        abstract TlsStream shakeHands(SocketStream socket, Duration timeout) throws IOException;
    }

    @FunctionalInterface
    private interface PlainBody {
        void run(TcpStream socket, SocketChannel peer) throws Exception;
    }

    private static void withPlainPeer(PlainBody body) throws Exception {
        SocketContract.onLoop(() -> {
            try (TcpListener listener = TcpListener.bind("127.0.0.1", 0);
                    SocketChannel peer = SocketChannel.open(listener.localAddress());
                    TcpStream socket = listener.accept()) {
                body.run(socket, peer);
                assertFalse(socket.isOpen());
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aHandshakeThatStallsEndsAtItsDeadline(Role role) throws Exception {
        withPlainPeer((socket, peer) -> {
            DeadlineExceeded late =
                    assertThrows(DeadlineExceeded.class, () -> role.shakeHands(socket, SocketContract.SOON));
            assertSays(late, "TLS handshake of tls ", "PT0.02S");
        });
    }

    @ParameterizedTest
    @EnumSource
    void aHandshakeCanBeKilled(Role role) throws Exception {
        withPlainPeer((socket, peer) -> {
            Greenlet<TlsStream> shaking = Weft.spawn(() -> role.shakeHands(socket, SocketContract.LONG));
            untilWaitingFor(shaking, "readable");
            shaking.kill();
            assertThrows(Cancelled.class, shaking::join);
        });
    }

    @ParameterizedTest
    @EnumSource
    void aKillInTheMidstOfTheWorkWithKeysEndsTheHandshake(Role role) throws Exception {
        SocketContract.onLoop(() -> {
            TlsFamily family = role == Role.CLIENT ? TlsFamily.CLIENT : TlsFamily.SERVER;
            Greenlet<?> shaking = Weft.spawn(() -> {
                family.pair(directory).close();
            });
            untilWaitingFor(shaking, "TLS handshake of tls ");
            shaking.kill();
            assertThrows(Cancelled.class, shaking::join);
        });
    }

    @ParameterizedTest
    @EnumSource
    void closingTheSocketTellsWhoShakesHands(Role role) throws Exception {
        withPlainPeer((socket, peer) -> {
            Greenlet<TlsStream> shaking = Weft.spawn(() -> role.shakeHands(socket, SocketContract.LONG));
            untilWaitingFor(shaking, "readable");
            socket.close();
            assertThrows(AsynchronousCloseException.class, shaking::join);
        });
    }

    private static void untilWaitingFor(Greenlet<?> greenlet, String what) {
        while (greenlet.state() != Greenlet.State.WAITING
                || !greenlet.waitingOn().contains(what)) {
            assertFalse(greenlet.state().isDone(), () -> greenlet + " has not waited");
            Weft.yieldNow();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "hi\n"})
    void aClientThatSpeaksPlainTextIsNamedWithWhatItSaid(String said) throws Exception {
        withPlainPeer((socket, peer) -> {
            SocketContract.send(peer, said);
            SSLException failure =
                    assertThrows(SSLException.class, () -> Role.SERVER.shakeHands(socket, SocketContract.LONG));
            assertSays(failure, "does not speak TLS", said.substring(0, 2), "right port");
        });
    }

    @Test
    void aServerThatSpeaksPlainTextIsNamedWithWhatItSaid() throws Exception {
        withPlainPeer((socket, peer) -> {
            SocketContract.send(peer, "220 mail.test ESMTP\r\n");
            SSLException failure =
                    assertThrows(SSLException.class, () -> Role.CLIENT.shakeHands(socket, SocketContract.LONG));
            assertSays(failure, "does not speak TLS", "220 mail.test ESMTP", "right port");
        });
    }

    @ParameterizedTest
    @EnumSource
    void aPeerThatHangsUpIsAnErrorThatSaysWhatMayBeWrong(Role role) throws Exception {
        withPlainPeer((socket, peer) -> {
            peer.shutdownOutput();
            SSLException failure = assertThrows(SSLException.class, () -> role.shakeHands(socket, SocketContract.LONG));
            assertSays(failure, "the peer closed the connection");
        });
    }

    @ParameterizedTest
    @EnumSource
    void aPeerThatResetsIsAnError(Role role) throws Exception {
        withPlainPeer((socket, peer) -> {
            Greenlet<TlsStream> shaking = Weft.spawn(() -> role.shakeHands(socket, SocketContract.LONG));
            untilWaitingFor(shaking, "readable");
            SocketFamily.TCP.reset(peer);
            assertThrows(IOException.class, shaking::join);
        });
    }

    @ParameterizedTest
    @EnumSource
    void garbageIsAnErrorAndNeverAHang(Role role) throws Exception {
        SplittableRandom random = new SplittableRandom(7);
        for (int round = 0; round < 30; round++) {
            byte[] garbage = new byte[1 + random.nextInt(600)];
            random.nextBytes(garbage);
            if (round % 3 == 0) {
                System.arraycopy(new byte[] {22, 3, 3, 0, 100}, 0, garbage, 0, Math.min(5, garbage.length));
            }
            withPlainPeer((socket, peer) -> {
                peer.write(ByteBuffer.wrap(garbage));
                peer.shutdownOutput();
                SSLException failure =
                        assertThrows(SSLException.class, () -> role.shakeHands(socket, SocketContract.LONG));
                assertNotEquals("", failure.toString(), () -> Arrays.toString(garbage));
            });
        }
    }

    /** The server's alert must get through though the client goes on sending. */
    @Test
    void theJdkIsToldByAnAlertWhyItWasRefused() throws Exception {
        SocketContract.onLoop(() -> {
            SSLContext stranger = Certificates.context(Certificates.STRANGER);
            try (TcpListener listener = TcpListener.bind("127.0.0.1", 0);
                    TlsPeer peer = TlsPeer.client(stranger, "localhost", listener.port())) {
                var shaken = peer.shakeHands();
                assertThrows(
                        SSLException.class,
                        () -> server().needClientCertificate().server(listener.accept()));
                SSLException told = assertThrows(SSLException.class, () -> {
                    Weft.await(shaken);
                    peer.read(ByteBuffer.allocate(1));
                });
                assertSays(told, "alert");
            }
        });
    }
}
