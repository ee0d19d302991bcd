package dev.weft.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples that are servers: each in a JVM of its own, by its name, with plain sockets as clients. */
class ServersTest {

    @ParameterizedTest
    @ValueSource(strings = {"echo-automatic", "echo-explicit"})
    void echoSendsBackWhatItGets(String name) throws Exception {
        try (FreshJvm server = FreshJvm.example(name, "0")) {
            int port = server.port();
            try (Socket first = FreshJvm.client(port);
                    Socket second = FreshJvm.client(port)) {
                EchoTest.assertEchoes(first, "first");
                EchoTest.assertEchoes(second, "second".repeat(5_000));
                EchoTest.assertEchoes(first, "first again");
                first.shutdownOutput();
                assertEquals(-1, first.getInputStream().read());
            }
            server.destroy();
            assertEquals(List.of(), server.errors());
        }
    }

    @Test
    void consoleShowsTheGreenletsOfTheShop() throws Exception {
        try (FreshJvm shop = FreshJvm.example("console");
                HttpClient client = HttpClient.newHttpClient()) {
            String line = shop.line();
            assertTrue(line.startsWith("console: http://127.0.0.1:"), line);
            URI page = URI.create(line.substring("console: ".length()));
            HttpRequest greenlets = HttpRequest.newBuilder(page.resolve("greenlets?filter=packer"))
                    .build();
            String answer;
            do {
                answer = client.send(greenlets, BodyHandlers.ofString()).body();
            } while (!answer.contains("packer 8"));
            assertTrue(answer.startsWith("{\"group\":\"shop\""), answer);
        }
    }

    @Test
    void helloHttpGreetsEchoesAndStreams() throws Exception {
        try (FreshJvm server = FreshJvm.example("hello-http", "0");
                HttpClient client = HttpClient.newHttpClient()) {
            String site = "http://127.0.0.1:" + server.port();
            HttpRequest greeting =
                    HttpRequest.newBuilder(URI.create(site + "/?name=you")).build();
            HttpRequest echo = HttpRequest.newBuilder(URI.create(site + "/echo"))
                    .POST(HttpRequest.BodyPublishers.ofString("back"))
                    .build();
            HttpRequest countdown =
                    HttpRequest.newBuilder(URI.create(site + "/countdown")).build();
            HttpRequest missing =
                    HttpRequest.newBuilder(URI.create(site + "/missing")).build();
            assertEquals(
                    "hello you, visit 1\n",
                    client.send(greeting, BodyHandlers.ofString()).body());
            assertEquals(
                    "hello you, visit 2\n",
                    client.send(greeting, BodyHandlers.ofString()).body());
            assertEquals("back", client.send(echo, BodyHandlers.ofString()).body());
            assertEquals(
                    "3\n2\n1\n", client.send(countdown, BodyHandlers.ofString()).body());
            assertEquals(404, client.send(missing, BodyHandlers.ofString()).statusCode());
            server.destroy();
            assertEquals(List.of(), server.errors());
        }
    }

    @Test
    void theHttpServerCountsVisitsThatWaitAtTheSameTime() throws Exception {
        try (FreshJvm server = FreshJvm.example("http-server", "0");
                HttpClient client = HttpClient.newHttpClient()) {
            URI page = URI.create("http://127.0.0.1:" + server.port() + "/you");
            List<CompletableFuture<HttpResponse<String>>> visits = Stream.generate(
                            () -> client.sendAsync(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString()))
                    .limit(50)
                    .toList();
            Set<String> answers =
                    visits.stream().map(visit -> visit.join().body()).collect(Collectors.toSet());
            assertEquals(
                    IntStream.rangeClosed(1, 50)
                            .mapToObj(count -> "hello you, this is visit " + count + "\n")
                            .collect(Collectors.toSet()),
                    answers);
            server.destroy();
            assertEquals(List.of(), server.errors());
        }
    }

    @Test
    void tlsEchoSendsBackWhatItGetsUnderItsCertificate(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("localhost.p12");
        KeyStore certificate = FreshJvm.certificate(file, "changeit");
        try (FreshJvm server = FreshJvm.example("tls-echo", "0", file.toString(), "changeit")) {
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(certificate);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            int port = server.port();
            try (Socket plain = FreshJvm.client(port);
                    SSLSocket client =
                            (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true)) {
                EchoTest.assertEchoes(client, "first");
                EchoTest.assertEchoes(client, "second".repeat(20_000));
                client.shutdownOutput();
                assertEquals(-1, client.getInputStream().read());
            }
            server.destroy();
            assertEquals(List.of(), server.errors());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"chat", "chat-on-cores"})
    void chatTellsAllWhatOneSays(String name) throws Exception {
        try (FreshJvm server = FreshJvm.example(name, "0")) {
            int port = server.port();
            try (ChatClient anna = new ChatClient(port)) {
                anna.says("I am here");
                assertEquals("I am here", anna.hears());
                try (ChatClient bert = new ChatClient(port)) {
                    bert.says("so am I");
                    assertEquals("so am I", bert.hears());
                    assertEquals("so am I", anna.hears());
                    anna.says("grüß dich");
                    assertEquals("grüß dich", bert.hears());
                    assertEquals("grüß dich", anna.hears());
                }
                anna.says("alone again");
                assertEquals("alone again", anna.hears());
            }
            server.destroy();
            assertEquals(List.of(), server.errors());
        }
    }

    private static final class ChatClient implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader lines;

        ChatClient(int port) throws IOException {
            socket = FreshJvm.client(port);
            lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        }

        void says(String line) throws IOException {
            socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
        }

        String hears() throws IOException {
            return String.valueOf(lines.readLine());
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void proxyPassesBothDirectionsAndTheirEndsOn() throws Exception {
        try (ServerSocket target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                FreshJvm proxy = proxyTo(target.getLocalPort());
                Socket client = FreshJvm.client(proxy.port())) {
            target.setSoTimeout(20_000);
            try (Socket behind = target.accept()) {
                behind.setSoTimeout(20_000);
                client.getOutputStream().write("question".getBytes(UTF_8));
                client.shutdownOutput();
                assertEquals("question", new String(behind.getInputStream().readAllBytes(), UTF_8));
                behind.getOutputStream().write("answer".getBytes(UTF_8));
            }
            assertEquals("answer", new String(client.getInputStream().readAllBytes(), UTF_8));
            proxy.destroy();
            assertEquals(List.of(), proxy.errors());
        }
    }

    @Test
    void proxyEndsTheClientsConnectionWhenTheTargetsBreaks() throws Exception {
        try (ServerSocket target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                FreshJvm proxy = proxyTo(target.getLocalPort());
                Socket client = FreshJvm.client(proxy.port())) {
            target.setSoTimeout(20_000);
            try (Socket behind = target.accept()) {
                behind.setSoTimeout(20_000);
                client.getOutputStream().write('!');
                assertEquals('!', behind.getInputStream().read()); // both directions are at work
                behind.setSoLinger(true, 0);
            }
            assertEquals(-1, client.getInputStream().read());
            proxy.destroy();
            assertEquals(List.of(), proxy.errors());
        }
    }

    @Test
    void proxyWithoutItsArgumentsSaysWhichTheyAre() throws Exception {
        try (FreshJvm proxy = FreshJvm.example("proxy", "0")) {
            assertEquals(2, proxy.exitStatus());
            assertEquals(2, proxy.errors().size(), proxy.errors()::toString);
            assertTrue(proxy.errors().get(1).endsWith("proxy PORT HOST TARGET_PORT"), proxy.errors()::toString);
        }
    }

    private static FreshJvm proxyTo(int port) throws IOException {
        return FreshJvm.example("proxy", "0", "127.0.0.1", Integer.toString(port));
    }

    @Test
    void nodesChatAndSeeEachOtherComeAndGo() throws Exception {
        String[] ports = freePorts(3);
        try (FreshJvm ann = FreshJvm.example("chat-on-nodes", "ann", ports[0])) {
            awaitLine(ann, "here: [ann]");
            try (FreshJvm ben = FreshJvm.example("chat-on-nodes", "ben", ports[1], ports[0]);
                    FreshJvm cem = FreshJvm.example("chat-on-nodes", "cem", ports[2], ports[0], ports[1])) {
                awaitLine(ann, "here: [ann, ben, cem]");
                awaitLine(ben, "here: [ann, ben, cem]");
                awaitLine(cem, "here: [ann, ben, cem]");
                ben.type("hello\n");
                awaitLine(ann, "ben: hello");
                awaitLine(cem, "ben: hello");
                awaitLine(ann, "here: [ann, cem]");
                assertEquals(0, ben.exitStatus());
                cem.destroy();
                awaitLine(ann, "here: [ann]");
            }
        }
    }

    private static void awaitLine(FreshJvm program, String expected) throws Exception {
        while (!program.line().equals(expected)) {
            // another one
        }
    }

    private static String[] freePorts(int count) throws IOException {
        String[] ports = new String[count];
        for (int i = 0; i < count; i++) {
            try (ServerSocket socket = new ServerSocket(0)) {
                ports[i] = Integer.toString(socket.getLocalPort());
            }
        }
        return ports;
    }
}
