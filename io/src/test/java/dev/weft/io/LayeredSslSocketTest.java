package dev.weft.io;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.io.javanet.WeftSockets;
import dev.weft.io.tls.Tls;
import dev.weft.io.tls.TlsStream;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.stream.Stream;
import javax.net.ServerSocketFactory;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The JDK's {@link SSLSocket}, unmodified, in greenlets: on sockets of all kinds its waits yield. */
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
@Timeout(60)
class LayeredSslSocketTest {
    private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

    /** Where the sockets below come from. */
    record Sockets(SocketFactory clients, ServerSocketFactory servers) {
        ServerSocket listen() throws IOException {
            return servers.createServerSocket(0, 50, LOOPBACK);
        }

        /** A layer over a socket that is connected already, as a proxy's client makes it. */
        SSLSocket connect(SSLContext context, String host, int port) throws IOException {
            SSLSocketFactory layers = context.getSocketFactory();
            return (SSLSocket) layers.createSocket(clients.createSocket(LOOPBACK, port), host, port, true);
        }
    }

    static Stream<Named<Sockets>> sockets() {
        return Stream.of(
                Named.of("the JDK's", new Sockets(SocketFactory.getDefault(), ServerSocketFactory.getDefault())),
                Named.of("Weft's", new Sockets(WeftSockets.socketFactory(), WeftSockets.serverSocketFactory())));
    }

    @BeforeAll
    @Timeout(180)
    static void makeCertificates() {
        Certificates.context();
    }

    /** Serves one connection, as blocking code does. */
    private static void echoOnce(ServerSocket listener) throws IOException {
        SSLSocketFactory layers = TlsFamily.SERVER_CONTEXT.getSocketFactory();
        try (SSLSocket socket = (SSLSocket) layers.createSocket(listener.accept(), null, true)) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        }
    }

    @ParameterizedTest
    @MethodSource("sockets")
    void bothEndsRunOnOneLoopAndYield(Sockets sockets) throws Exception {
        SocketContract.onLoop(() -> {
            try (ServerSocket listener = sockets.listen()) {
                Greenlet<?> server = Weft.spawn(() -> echoOnce(listener));
                try (SSLSocket client = sockets.connect(Certificates.context(), "localhost", listener.getLocalPort())) {
                    OutputStream out = client.getOutputStream();
                    InputStream in = client.getInputStream();
                    for (int size : new int[] {1, 1000, 100_000}) {
                        byte[] message = "x".repeat(size).getBytes(US_ASCII);
                        Greenlet<?> writer = Weft.spawn(() -> out.write(message));
                        assertEquals("x".repeat(size), new String(in.readNBytes(size), US_ASCII));
                        writer.join();
                    }
                }
                server.join();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("sockets")
    void itTalksWithATlsStream(Sockets sockets) throws Exception {
        SocketContract.onLoop(() -> {
            try (TcpListener listener = TcpListener.bind("127.0.0.1", 0)) {
                Greenlet<String> client = Weft.spawn(() -> {
                    try (SSLSocket socket = sockets.connect(Certificates.context(), "localhost", listener.port())) {
                        socket.getOutputStream().write("question".getBytes(US_ASCII));
                        return new String(socket.getInputStream().readNBytes(6), US_ASCII);
                    }
                });
                try (TlsStream stream = Tls.of(TlsFamily.SERVER_CONTEXT).server(listener.accept())) {
                    assertEquals("question", SocketContract.receive(stream, 8));
                    stream.write(SocketContract.bytes("answer"));
                    assertEquals("answer", client.join());
                }
            }
        });
    }

    @ParameterizedTest
    @MethodSource("sockets")
    void aReadThatTimesOutLosesNothing(Sockets sockets) throws Exception {
        SocketContract.onLoop(() -> {
            try (ServerSocket listener = sockets.listen()) {
                Greenlet<?> server = Weft.spawn(() -> echoOnce(listener));
                try (SSLSocket client = sockets.connect(Certificates.context(), "localhost", listener.getLocalPort())) {
                    client.startHandshake();
                    client.setSoTimeout(20);
                    assertThrows(
                            SocketTimeoutException.class,
                            () -> client.getInputStream().read());
                    client.setSoTimeout(0);
                    client.getOutputStream().write('y');
                    assertEquals('y', client.getInputStream().read());
                }
                server.join();
            }
        });
    }

    @ParameterizedTest
    @MethodSource("sockets")
    void aGreenletThatIsKilledInAReadLeavesTheLoopAlive(Sockets sockets) throws Exception {
        SocketContract.onLoop(() -> {
            try (ServerSocket listener = sockets.listen()) {
                Greenlet<?> server = Weft.spawn(() -> echoOnce(listener));
                Greenlet<?> client = Weft.spawn(() -> {
                    try (SSLSocket socket =
                            sockets.connect(Certificates.context(), "localhost", listener.getLocalPort())) {
                        socket.startHandshake();
                        socket.getInputStream().read();
                    }
                });
                SocketContract.untilWaiting(client);
                client.kill();
                SocketContract.untilDone(client);
                SocketContract.untilDone(server);
            }
        });
    }

    @ParameterizedTest
    @MethodSource("sockets")
    void aBadCertificateIsTheJdksError(Sockets sockets) throws Exception {
        SocketContract.onLoop(() -> {
            try (ServerSocket listener = sockets.listen()) {
                Greenlet<?> server = Weft.spawn(() -> echoOnce(listener));
                SSLContext trustsOthers = Certificates.context(Certificates.trusting(Certificates.STRANGER));
                try (SSLSocket client = sockets.connect(trustsOthers, "localhost", listener.getLocalPort())) {
                    assertThrows(SSLHandshakeException.class, client::startHandshake);
                }
                assertThrows(IOException.class, server::join);
            }
        });
    }

    /** Sockets that the JDK makes by itself, below. */
    @Test
    void theJdksOwnServerAndClientFactoriesYieldToo() throws Exception {
        SocketContract.onLoop(() -> {
            ServerSocketFactory servers = TlsFamily.SERVER_CONTEXT.getServerSocketFactory();
            try (ServerSocket listener = servers.createServerSocket(0, 50, LOOPBACK)) {
                Greenlet<String> server = Weft.spawn(() -> {
                    try (Socket socket = listener.accept()) {
                        return new String(socket.getInputStream().readNBytes(5), US_ASCII);
                    }
                });
                SocketContract.untilWaiting(server);
                try (Socket client =
                        Certificates.context().getSocketFactory().createSocket(LOOPBACK, listener.getLocalPort())) {
                    client.getOutputStream().write("hello".getBytes(US_ASCII));
                    assertEquals("hello", server.join());
                }
            }
        });
    }
}
