package dev.weft.io.automatic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Loop;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The JDK's HttpClient as it comes: selector and workers are platform threads of its own, and {@code send} yields. */
class JdkClientTest extends HttpClientContract {
    @Override
    Client open(Loop loop, Duration patience) {
        return new JdkClient(
                HttpClient.newBuilder().sslContext(Certificate.context()).build(), patience);
    }

    @ParameterizedTest
    @EnumSource
    void manyStreamsOfOneHttp2ConnectionWaitAtTheSameTime(JettyServer.Wire wire) throws Exception {
        try (OneLoop one = OneLoop.open()) {
            Site site = new Site(one.loop(), CROWD);
            try (JettyServer server = new JettyServer(one.loop(), site, wire);
                    JdkClient client = (JdkClient) open(one.loop(), Duration.ofMinutes(1))) {
                Function<String, URI> page =
                        wire == JettyServer.Wire.TLS ? server::securePage : server::page; // ALPN chooses HTTP/2
                assertEquals("fine", text(one.call(() -> client.get(page.apply("/fine")))));
                List<String> answers = one.all(CROWD, number -> text(client.get(page.apply("/together"))));
                assertEquals(Collections.nCopies(CROWD, "together"), answers);
                assertEquals(CROWD, site.mostInside());
                assertEquals(Set.of(HttpClient.Version.HTTP_2), client.versions);
                byte[] body = new byte[1_000_000];
                one.all(10, number -> {
                    assertTrue(java.util.Arrays.equals(body, client.post(page.apply("/echo"), body)));
                    return number;
                });
            }
        }
    }

    /** A client and how it is used. */
    static final class JdkClient implements Client {
        private final HttpClient client;
        private final Duration patience;
        private final Set<HttpClient.Version> versions = ConcurrentHashMap.newKeySet();

        JdkClient(HttpClient client, Duration patience) {
            this.client = client;
            this.patience = patience;
        }

        @Override
        public byte[] get(URI page) throws IOException, InterruptedException {
            return send(HttpRequest.newBuilder(page));
        }

        @Override
        public byte[] post(URI page, byte[] body) throws IOException, InterruptedException {
            return send(HttpRequest.newBuilder(page).POST(HttpRequest.BodyPublishers.ofByteArray(body)));
        }

        private byte[] send(HttpRequest.Builder request) throws IOException, InterruptedException {
            HttpResponse<byte[]> response =
                    client.send(request.timeout(patience).build(), HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() != 200) {
                throw new IOException("status " + response.statusCode());
            }
            versions.add(response.version());
            return response.body();
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
