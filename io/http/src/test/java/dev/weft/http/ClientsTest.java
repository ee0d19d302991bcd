package dev.weft.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that others have written. */
final class ClientsTest extends HttpFixture {
    private static final byte[] LARGE = new byte[3_000_000];

    static {
        new Random(1).nextBytes(LARGE);
    }

    /** Echoes the body, with the request's own length or in chunks. */
    private static void echo(HttpRequest request, HttpResponse response) throws IOException {
        request.headers().first("Content-Length").ifPresent(length -> response.header("Content-Length", length));
        request.body().stream().transferTo(response.stream());
    }

    @Test
    void theJdksClient() throws Exception {
        HttpServer server = serve(ClientsTest::echo);
        URI uri = URI.create("http://127.0.0.1:" + server.port() + "/");
        try (HttpClient client = HttpClient.newBuilder().build()) {
            exchange(client, uri, HttpClient.Version.HTTP_1_1);
            var expecting = java.net.http.HttpRequest.newBuilder(uri)
                    .expectContinue(true)
                    .POST(BodyPublishers.ofByteArray(LARGE))
                    .build();
            assertArrayEquals(
                    LARGE, client.send(expecting, BodyHandlers.ofByteArray()).body());
        }
    }

    @Test
    void theJdksClientOverTls() throws Exception {
        SSLContext context = Certificate.context();
        HttpServer server = serve(HttpServer.builder().tls(context), ClientsTest::echo);
        try (HttpClient client = HttpClient.newBuilder().sslContext(context).build()) {
            exchange(client, URI.create("https://127.0.0.1:" + server.port() + "/"), HttpClient.Version.HTTP_2);
        }
    }

    private static void exchange(HttpClient client, URI uri, HttpClient.Version version) throws Exception {
        var fixed = java.net.http.HttpRequest.newBuilder(uri)
                .POST(BodyPublishers.ofByteArray(LARGE))
                .build();
        var chunked = java.net.http.HttpRequest.newBuilder(uri)
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(LARGE)))
                .build();
        for (int i = 0; i < 3; i++) {
            var whole = client.send(fixed, BodyHandlers.ofByteArray());
            assertArrayEquals(LARGE, whole.body());
            assertEquals(version, whole.version());
            assertArrayEquals(
                    LARGE, client.send(chunked, BodyHandlers.ofByteArray()).body());
        }
        List<CompletableFuture<byte[]>> many = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            var small = java.net.http.HttpRequest.newBuilder(uri)
                    .POST(BodyPublishers.ofString("n" + i))
                    .build();
            many.add(client.sendAsync(small, BodyHandlers.ofByteArray()).thenApply(response -> response.body()));
        }
        for (int i = 0; i < many.size(); i++) {
            assertEquals("n" + i, new String(many.get(i).get(), UTF_8));
        }
    }

    @Test
    void apachesClient() throws Exception {
        HttpServer server = serve(ClientsTest::echo);
        try (CloseableHttpClient client = HttpClients.createDefault()) {
            for (int i = 0; i < 3; i++) {
                HttpPost fixed = new HttpPost("http://127.0.0.1:" + server.port() + "/");
                fixed.setEntity(new ByteArrayEntity(LARGE, ContentType.APPLICATION_OCTET_STREAM));
                assertArrayEquals(
                        LARGE, client.execute(fixed, response -> EntityUtils.toByteArray(response.getEntity())));
                HttpPost chunked = new HttpPost("http://127.0.0.1:" + server.port() + "/");
                chunked.setEntity(
                        new InputStreamEntity(new ByteArrayInputStream(LARGE), ContentType.APPLICATION_OCTET_STREAM));
                assertArrayEquals(
                        LARGE, client.execute(chunked, response -> EntityUtils.toByteArray(response.getEntity())));
            }
        }
        assertTrue(server.statistics().requests() == 6);
    }

    @Test
    void curl(@TempDir Path folder) throws Exception {
        assertTrue(isInstalled("curl"), "curl is not installed: apt-get install -y curl");
        HttpServer server = serve(ClientsTest::echo);
        String uri = "http://127.0.0.1:" + server.port() + "/";
        Path large = Files.write(folder.resolve("large"), LARGE);
        Path answer = folder.resolve("answer");
        String[][] ways = {
            {"-T", large.toString()},
            {"-T", large.toString(), "-H", "Transfer-Encoding: chunked"},
            {"-T", large.toString(), "-H", "Expect: 100-continue"},
            {"-T", large.toString(), "--http1.0"}
        };
        for (String[] way : ways) {
            List<String> command = new ArrayList<>(List.of("curl", "-sS", "-o", answer.toString()));
            command.addAll(List.of(way));
            command.add(uri);
            run(command);
            assertArrayEquals(LARGE, Files.readAllBytes(answer), String.join(" ", way));
        }
        String twice = run(List.of("curl", "-sSv", uri, uri));
        assertTrue(twice.contains("HTTP/1.1 200 OK"), twice);
        assertEquals(2 + ways.length, server.statistics().requests());
    }

    @Test
    void wrk() throws Exception {
        assertTrue(isInstalled("wrk"), "wrk is not installed: apt-get install -y wrk");
        HttpServer server = serve((request, response) -> response.send("Hello, World!"));
        String report = run(List.of("wrk", "-t1", "-c100", "-d1s", "http://127.0.0.1:" + server.port() + "/"));
        Matcher requests = Pattern.compile("(\\d+) requests in").matcher(report);
        assertTrue(requests.find() && Integer.parseInt(requests.group(1)) > 0, report);
        assertTrue(!report.contains("Socket errors") && !report.contains("Non-2xx"), report);
    }

    private static boolean isInstalled(String program) {
        try {
            Process probe = new ProcessBuilder(program, "--version")
                    .redirectErrorStream(true)
                    .start();
            probe.getInputStream().readAllBytes();
            return probe.waitFor(20, TimeUnit.SECONDS);
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertTrue(process.waitFor(20, TimeUnit.SECONDS), () -> command + " hangs");
        assertEquals(0, process.exitValue(), () -> command + ": " + output);
        return output;
    }
}
