package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.io.endpoint.Endpoint;
import dev.weft.io.tls.TlsStream;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints written as strings: what connects where, and what the messages about wrong ones say. */
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
@Timeout(60)
class EndpointTest {
    @TempDir
    @SuppressWarnings("NullAway.Init") // by JUnit
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"tcp:127.0.0.1:", "tcp:localhost:", "tcp:[::1]:", "tcp:[0:0:0:0:0:0:0:1]:"})
    void aTcpServerIsReachedByItsOwnString(String start) throws Exception {
        SocketContract.onLoop(() -> {
            StreamServer server = Endpoint.parse(start + "0:backlog=5").serve(EndpointTest::echo);
            int port = ((InetSocketAddress) server.localAddress()).getPort();
            assertAnswers(Endpoint.parse(start + port));
            server.stop(SocketContract.LONG);
        });
    }

    @Test
    void aUnixServerIsReachedByItsOwnString() throws Exception {
        Path path = directory.resolve("a:b = c");
        Endpoint endpoint = Endpoint.parse("unix:" + path.toString().replace(":", "\\:") + ":mode=600:backlog=5");
        SocketContract.onLoop(() -> {
            StreamServer server = endpoint.serve(EndpointTest::echo);
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
            assertAnswers(endpoint);
            server.stop(SocketContract.LONG);
        });
        assertTrue(Files.notExists(path));
    }

    @ParameterizedTest
    @CsvSource({"640, rw-r-----", "0777, rwxrwxrwx", "000, ---------", "421, r---w---x"})
    void aModeIsOctal(String mode, String expected) throws Exception {
        Path path = directory.resolve("socket");
        SocketContract.onLoop(() -> {
            StreamServer server =
                    Endpoint.parse("unix:" + path + ":mode=" + mode).serve(EndpointTest::echo);
            assertEquals(expected, PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
            server.stop(Duration.ZERO);
        });
    }

    @Test
    void aTlsServerWithItsKeyIsTrustedByTheStringOfItsClient() throws Exception {
        String server = tls(Certificates.SERVER) + ":key=" + file("key", Certificates.pemKey(Certificates.SERVER));
        assertTalkTls(server, "");
    }

    @Test
    void certificateAndKeyMayShareAFile() throws Exception {
        Path both = file(
                "both",
                "a remark\n" + Certificates.pemKey(Certificates.SERVER) + Certificates.pemChain(Certificates.SERVER));
        assertTalkTls("tls:localhost:0:certificate=" + both, "");
    }

    @Test
    void aServerThatNamesItsTrustRejectsStrangers() throws Exception {
        Path both = file("both", Certificates.pemChain(Certificates.SERVER) + Certificates.pemKey(Certificates.SERVER));
        Path client =
                file("client", Certificates.pemChain(Certificates.CLIENT) + Certificates.pemKey(Certificates.CLIENT));
        String server = "tls:localhost:0:certificate=" + both + ":trust=" + authority();
        assertTalkTls(server, ":certificate=" + client);
        assertThrows(SSLException.class, () -> assertTalkTls(server, ""));
    }

    @Test
    void aClientVerifiesTheHostOfItsString() throws Exception {
        Path stranger = file("stranger", Certificates.pemChain(Certificates.STRANGER)); // for localhost alone
        Path both =
                file("both", Certificates.pemChain(Certificates.STRANGER) + Certificates.pemKey(Certificates.STRANGER));
        SocketContract.onLoop(() -> {
            StreamServer server =
                    Endpoint.parse("tls:127.0.0.1:0:certificate=" + both).serve(EndpointTest::echo);
            try {
                int port = ((InetSocketAddress) server.localAddress()).getPort();
                Endpoint client = Endpoint.parse("tls:127.0.0.1:" + port + ":trust=" + stranger);
                assertThrows(SSLException.class, () -> assertAnswers(client));
            } finally {
                server.stop(Duration.ZERO);
            }
        });
    }

    private void assertTalkTls(String serving, String clientOptions) throws Exception {
        String trust = ":trust=" + authority();
        SocketContract.onLoop(() -> {
            StreamServer server = Endpoint.parse(serving).serve(stream -> {
                assertInstanceOf(TlsStream.class, stream);
                echo(stream);
            });
            try {
                int port = ((InetSocketAddress) server.localAddress()).getPort();
                Endpoint client = Endpoint.parse("tls:localhost:" + port + trust + clientOptions);
                assertAnswers(client);
                try (TlsStream stream = (TlsStream) client.connect()) {
                    assertEquals(2, stream.session().getPeerCertificates().length, "the server's chain");
                }
            } finally {
                server.stop(Duration.ZERO);
            }
        });
    }

    @Test
    void aTlsServerIsRefusedWithoutACertificate() throws Exception {
        SocketContract.onLoop(() -> {
            Endpoint client = Endpoint.parse("tls:localhost:0");
            Exception refused = assertThrows(IllegalStateException.class, () -> client.serve(EndpointTest::echo));
            assertContains("certificate=FILE", refused);
        });
    }

    @Test
    void severalAuthoritiesMayBeTrusted() throws Exception {
        Path both = file("both", Certificates.pemChain(Certificates.SERVER) + Certificates.pemKey(Certificates.SERVER));
        Path client =
                file("client", Certificates.pemChain(Certificates.CLIENT) + Certificates.pemKey(Certificates.CLIENT));
        Path two = file(
                "two", Certificates.pemChain(Certificates.STRANGER) + Certificates.pemChain(Certificates.AUTHORITY));
        assertTalkTls("tls:localhost:0:certificate=" + both + ":trust=" + two, ":certificate=" + client);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tcp", "tls", "unix"})
    void aServerMayServeOnAllLoopsOfAGroup(String transport) throws Exception {
        Path both = file("both", Certificates.pemChain(Certificates.SERVER) + Certificates.pemKey(Certificates.SERVER));
        Path socket = directory.resolve("socket");
        String serving = switch (transport) {
            case "tcp" -> "tcp:localhost:0";
            case "tls" -> "tls:localhost:0:certificate=" + both;
            default -> "unix:" + socket;
        };
        String trust = ":trust=" + authority();
        try (LoopGroup group = LoopGroup.open(2)) {
            SocketContract.onLoop(() -> {
                StreamServer server = Endpoint.parse(serving).serve(group, stream -> {
                    assertTrue(group.loops().contains(Loop.current()));
                    echo(stream);
                });
                String connecting = switch (server.localAddress()) {
                    case InetSocketAddress address ->
                        transport + ":localhost:" + address.getPort() + (transport.equals("tls") ? trust : "");
                    default -> serving;
                };
                assertAnswers(Endpoint.parse(connecting));
                server.stop(SocketContract.LONG);
            });
        }
    }

    @Test
    void aTakenAddressIsToldByName() throws Exception {
        SocketContract.onLoop(() -> {
            StreamServer server = Endpoint.parse("tcp:127.0.0.1:0").serve(EndpointTest::echo);
            int port = ((InetSocketAddress) server.localAddress()).getPort();
            Exception taken = assertThrows(
                    BindException.class,
                    () -> Endpoint.parse("tcp:127.0.0.1:" + port).serve(EndpointTest::echo));
            assertContains("127.0.0.1:" + port, taken);
            server.stop(Duration.ZERO);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | 0 | use tcp, tls or unix",
                "http://localhost | 0 | use tcp, tls or unix",
                "tcp | 3 | the host is missing; write tcp:HOST:PORT",
                "tcp::7000 | 4 | the host is missing",
                "tcp:localhost | 13 | the port is missing; write tcp:HOST:PORT",
                "tcp:localhost: | 14 | the port is missing",
                "tcp:localhost:http | 14 | \"http\" is wrong; a port is a number from 0 to 65535",
                "tcp:localhost:65536 | 14 | \"65536\" is wrong",
                "tcp:fe80:1:2 | 11 | \"2\" is not an option; write NAME=VALUE for options, [::1] for IPv6",
                "tcp:[::1:80 | 4 | the bracket is not closed",
                "tcp:[::1]80:80 | 9 | a colon and the port must follow the bracket",
                "tcp:a:1:backlog=0 | 16 | \"0\" is wrong; use a number from 1 on",
                "tcp:a:1:mode=660 | 8 | there is no option \"mode\"; tcp has backlog",
                "tcp:a:1:backlog=1:backlog=2 | 18 | the option \"backlog\" is given twice",
                "unix: | 5 | the path is missing; write unix:PATH",
                "unix:/a:b | 8 | \"b\" is not an option",
                "unix:/a:mode=999 | 13 | \"999\" is not a mode; write three octal digits",
                "unix:/a\\ | 7 | nothing follows the backslash",
                "tls:a:1:key=/b.pem | 12 | add certificate=FILE",
                "tls:a:1:trust=/no/file.pem | 14 | cannot use \"/no/file.pem\": there is no such file; write the path of a PEM file",
            })
    void aBadStringIsToldWithPlaceAndCure(String text, int at, String cure) {
        Exception bad = assertThrows(IllegalArgumentException.class, () -> Endpoint.parse(text));
        String start = "bad endpoint \"" + text + "\", at index " + at + ": ";
        assertContains(start, bad);
        assertContains(cure, bad);
    }

    @Test
    void aFileWithoutACertificateIsToldWithWhatItHas() throws IOException {
        Path key = file("key", Certificates.pemKey(Certificates.SERVER));
        assertBadFile(key, "it has no block CERTIFICATE, only [PRIVATE KEY]");
    }

    @Test
    void aKeyOfAnotherKindIsToldWithHowToConvertIt() throws IOException {
        String old = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
        Path file = file("old", Certificates.pemChain(Certificates.SERVER) + old);
        assertBadFile(file, "RSA PRIVATE KEY]; name another file with key=FILE, or convert");
    }

    private static void assertBadFile(Path file, String problem) {
        String text = "tls:localhost:0:certificate=" + file;
        Exception bad = assertThrows(IllegalArgumentException.class, () -> Endpoint.parse(text));
        assertContains(", at index 28: cannot use \"" + file + "\": ", bad);
        assertContains(problem, bad);
        assertInstanceOf(IOException.class, bad.getCause());
    }

    private static void assertContains(String text, Exception failure) {
        String message = String.valueOf(failure.getMessage());
        assertTrue(message.contains(text), message);
    }

    private String tls(String name) throws IOException {
        return "tls:localhost:0:certificate=" + file("chain", Certificates.pemChain(name));
    }

    private Path authority() throws IOException {
        return file("authority", Certificates.pemChain(Certificates.AUTHORITY));
    }

    private Path file(String name, String pem) throws IOException {
        return Files.writeString(directory.resolve(name + ".pem"), pem);
    }

    private static void echo(ByteStream stream) throws IOException {
        stream.input().transferTo(stream.output());
    }

    private static void assertAnswers(Endpoint endpoint) throws IOException {
        try (ByteStream stream = endpoint.connect()) {
            stream.write(SocketContract.bytes("hello"));
            assertEquals("hello", SocketContract.receive(stream, 5));
        }
        Weft.yieldNow();
    }
}
