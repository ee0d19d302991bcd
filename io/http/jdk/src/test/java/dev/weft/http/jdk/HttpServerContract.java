package dev.weft.http.jdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandlers;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import com.sun.net.httpserver.Request;
import com.sun.net.httpserver.SimpleFileServer;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What code that uses {@code com.sun.net.httpserver} may expect of a server and its contexts, whoever provides it. */
abstract class HttpServerContract extends ProviderFixture {
    @Test
    void theLongestPrefixAnswers() throws Exception {
        HttpServer server = create();
        for (String path : List.of("/", "/apps/", "/apps/foo/", "/x")) {
            server.createContext(path, exchange -> answer(exchange, path));
        }
        int port = start(server);
        Map<String, String> expected = Map.of(
                "/apps/foo/bar", "/apps/foo/",
                "/apps/Foo/bar", "/apps/",
                "/apps/app1", "/apps/",
                "/foo", "/",
                "/xyz", "/x",
                "/apps%2Ffoo/bar", "/apps/foo/");
        for (Map.Entry<String, String> each : expected.entrySet()) {
            assertEquals(each.getValue(), get(port, each.getKey()).body(), each.getKey());
        }
    }

    @Test
    void contextsMayComeAndGo() throws Exception {
        HttpServer server = create();
        HttpContext context = server.createContext("/a");
        assertThrows(IllegalArgumentException.class, () -> server.createContext("/a"));
        assertThrows(IllegalArgumentException.class, () -> server.createContext("a"));
        assertThrows(NullPointerException.class, () -> server.createContext("/b", null));
        assertThrows(IllegalArgumentException.class, () -> server.removeContext("/b"));
        int port = start(server);
        assertEquals(500, statusOf(port, "/a"));
        assertEquals(404, statusOf(port, "/b"));
        context.setHandler(exchange -> answer(exchange, "a"));
        assertThrows(IllegalArgumentException.class, () -> context.setHandler(exchange -> {}));
        assertEquals("a", get(port, "/a").body());
        server.removeContext(context);
        assertThrows(IllegalArgumentException.class, () -> server.removeContext(context));
        assertEquals(404, statusOf(port, "/a"));
        server.createContext("/b", HttpHandlers.of(203, Headers.of("X", "y"), "made"));
        HttpResponse<String> made = get(port, "/b");
        assertEquals(
                List.of(203, "made", "y"),
                List.of(
                        made.statusCode(),
                        made.body(),
                        made.headers().firstValue("X").orElseThrow()));
        server.removeContext("/b");
        assertEquals(404, statusOf(port, "/b"));
    }

    @Test
    void filtersStandAroundTheHandlerInTheirOrder() throws Exception {
        List<String> happened = new CopyOnWriteArrayList<>();
        HttpServer server = create();
        HttpContext context = server.createContext("/", exchange -> {
            happened.add("handler " + exchange.getAttribute("seen")
                    + exchange.getRequestHeaders().get("Added"));
            answer(exchange, "");
        });
        context.getFilters().add(Filter.beforeHandler("first", exchange -> {
            exchange.setAttribute("seen", "by first ");
            happened.add("first");
        }));
        context.getFilters()
                .add(Filter.afterHandler("last", exchange -> happened.add("last " + exchange.getResponseCode())));
        context.getFilters()
                .add(Filter.adaptRequest("adapting", (Request request) -> request.with("Added", List.of("value"))));
        assertEquals(200, statusOf(start(server), "/"));
        stopAll(); // the filters after the handler have run
        assertEquals(List.of("first", "handler by first [value]", "last 200"), happened);
        assertEquals("by first ", context.getAttributes().get("seen"));
    }

    @Test
    void filtersMayWrapTheStreams() throws Exception {
        HttpServer server = create();
        HttpContext context = server.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(exchange.getRequestBody().readAllBytes());
            exchange.close();
        });
        context.getFilters().add(Filter.beforeHandler("gzip", HttpServerContract::zip));
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(zipped)) {
            out.write("text".getBytes(UTF_8));
        }
        HttpResponse<InputStream> response = client.send(
                HttpRequest.newBuilder(uri(start(server), "/"))
                        .POST(BodyPublishers.ofByteArray(zipped.toByteArray()))
                        .build(),
                BodyHandlers.ofInputStream());
        try (InputStream in = new GZIPInputStream(response.body())) {
            assertEquals("text", new String(in.readAllBytes(), UTF_8));
        }
    }

    private static void zip(HttpExchange exchange) {
        try {
            exchange.setStreams(
                    new GZIPInputStream(exchange.getRequestBody()), new LazyGzip(exchange.getResponseBody()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Compresses, but writes nothing before the headers are sent. */
    private static final class LazyGzip extends OutputStream {
        private final OutputStream sink;
        private final ByteArrayOutputStream gathered = new ByteArrayOutputStream();

        LazyGzip(OutputStream sink) {
            this.sink = sink;
        }

        @Override
        public void write(int value) {
            gathered.write(value);
        }

        @Override
        public void close() throws IOException {
            try (OutputStream out = new GZIPOutputStream(sink)) {
                gathered.writeTo(out);
            }
        }
    }

    @Test
    void anAuthenticatorIsAskedAfterTheFilters() throws Exception {
        List<String> filtered = new CopyOnWriteArrayList<>();
        HttpServer server = create();
        HttpContext context = server.createContext(
                "/",
                exchange -> answer(
                        exchange,
                        exchange.getPrincipal().getUsername() + " in "
                                + exchange.getPrincipal().getRealm()));
        context.getFilters().add(Filter.beforeHandler("all", exchange -> filtered.add("" + exchange.getPrincipal())));
        BasicAuthenticator authenticator = new BasicAuthenticator("realm") {
            @Override
            public boolean checkCredentials(String user, String password) {
                return user.equals("ann") && password.equals("secret");
            }
        };
        assertEquals(null, context.setAuthenticator(authenticator));
        assertSame(authenticator, context.getAuthenticator());
        int port = start(server);
        HttpResponse<String> refused = post(port, "/", BodyPublishers.ofString("x".repeat(10_000)));
        assertEquals(401, refused.statusCode());
        assertTrue(
                refused.headers().firstValue("WWW-Authenticate").orElseThrow().startsWith("Basic realm=\"realm\""));
        HttpResponse<String> accepted =
                send(HttpRequest.newBuilder(uri(port, "/")).header("Authorization", "Basic YW5uOnNlY3JldA=="));
        assertEquals("ann in realm", accepted.body());
        assertEquals(List.of("null", "null"), filtered);
    }

    @Test
    void handlersRunInTheExecutorsThreads() throws Exception {
        List<Thread> threads = new CopyOnWriteArrayList<>();
        List<Thread> handling = new CopyOnWriteArrayList<>();
        CountDownLatch both = new CountDownLatch(2);
        try (ExecutorService executor = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task);
            threads.add(thread);
            return thread;
        })) {
            HttpServer server = create();
            assertEquals(null, server.getExecutor());
            server.setExecutor(executor);
            assertSame(executor, server.getExecutor());
            server.createContext("/", exchange -> {
                both.countDown();
                await(both); // at the same time
                handling.add(Thread.currentThread());
                exchange.sendResponseHeaders(200, 0);
                exchange.getRequestBody().transferTo(exchange.getResponseBody());
                exchange.close();
            });
            int port = start(server);
            assertThrows(IllegalStateException.class, () -> server.setExecutor(null));
            List<CompletableFuture<HttpResponse<String>>> responses = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                responses.add(client.sendAsync(
                        HttpRequest.newBuilder(uri(port, "/"))
                                .POST(BodyPublishers.ofString("x".repeat(100_000)))
                                .build(),
                        BodyHandlers.ofString()));
            }
            for (CompletableFuture<HttpResponse<String>> response : responses) {
                assertEquals(
                        "x".repeat(100_000),
                        response.get(LONG, TimeUnit.SECONDS).body());
            }
            server.stop(0);
        }
        assertTrue(threads.containsAll(handling));
        assertEquals(2, handling.size());
    }

    @Test
    void stoppingWaitsForTheExchangeInFlight() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        HttpServer server = create();
        server.setExecutor(task -> Thread.ofPlatform().start(task));
        server.createContext("/", exchange -> {
            called.countDown();
            await(mayEnd);
            answer(exchange, "whole");
        });
        int port = start(server);
        CompletableFuture<HttpResponse<String>> response =
                client.sendAsync(HttpRequest.newBuilder(uri(port, "/")).build(), BodyHandlers.ofString());
        await(called);
        Thread stopping = Thread.ofPlatform().start(() -> server.stop(1000));
        mayEnd.countDown();
        assertEquals("whole", response.get(LONG, TimeUnit.SECONDS).body());
        client.shutdownNow(); // the JDK's server waits for connections that are kept
        assertTrue(stopping.join(java.time.Duration.ofSeconds(LONG)));
        assertThrows(IOException.class, () -> new Socket(InetAddress.getLoopbackAddress(), port).close());
    }

    @Test
    void stoppingAtOnceBreaksTheExchangeOff() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        HttpServer server = create();
        server.setExecutor(task -> Thread.ofPlatform().start(task));
        server.createContext("/", exchange -> {
            called.countDown();
            await(never);
        });
        int port = start(server);
        CompletableFuture<HttpResponse<String>> response =
                client.sendAsync(HttpRequest.newBuilder(uri(port, "/")).build(), BodyHandlers.ofString());
        await(called);
        server.stop(0);
        assertThrows(Exception.class, () -> response.get(LONG, TimeUnit.SECONDS));
        never.countDown();
        assertThrows(IllegalArgumentException.class, () -> server.stop(-1));
        assertThrows(IllegalStateException.class, server::start);
    }

    @Test
    void aServerIsBoundOnceAndClientsMayComeBeforeItIsStarted() throws Exception {
        HttpServer server = provider().createHttpServer(null, 0);
        servers.add(server);
        assertThrows(IllegalStateException.class, server::start);
        server.bind(ANY, 0);
        int port = server.getAddress().getPort();
        assertNotEquals(0, port);
        assertThrows(BindException.class, () -> server.bind(ANY, 0));
        assertThrows(BindException.class, () -> provider().createHttpServer(server.getAddress(), 0));
        server.createContext("/", exchange -> answer(exchange, "served"));
        try (Socket early = request(port, "GET / HTTP/1.1|Host: a|Connection: close||")) {
            server.start();
            assertTrue(new String(early.getInputStream().readAllBytes(), UTF_8).endsWith("served"));
        }
        assertThrows(IllegalStateException.class, server::start);
    }

    @Test
    void filesAreServedByTheJdksOwnHandlers(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("a.txt"), "content");
        Files.createDirectory(directory.resolve("sub"));
        Files.writeString(directory.resolve("sub/index.html"), "<p>index");
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        HttpServer server = create();
        server.createContext("/", SimpleFileServer.createFileHandler(directory.toRealPath()))
                .getFilters()
                .add(SimpleFileServer.createOutputFilter(log, SimpleFileServer.OutputLevel.INFO));
        int port = start(server);
        HttpResponse<String> file = get(port, "/a.txt");
        assertEquals("content", file.body());
        assertEquals("text/plain", file.headers().firstValue("Content-Type").orElseThrow());
        assertTrue(get(port, "/").body().contains("a.txt"));
        assertEquals("<p>index", get(port, "/sub/").body());
        assertEquals(301, statusOf(port, "/sub"));
        assertEquals(404, statusOf(port, "/none"));
        assertEquals(405, post(port, "/a.txt", BodyPublishers.noBody()).statusCode());
        HttpResponse<String> head =
                send(HttpRequest.newBuilder(uri(port, "/a.txt")).method("HEAD", BodyPublishers.noBody()));
        assertEquals("7", head.headers().firstValue("Content-Length").orElseThrow());
        stopAll();
        assertTrue(log.toString(UTF_8).contains("\"GET /a.txt HTTP/1.1\" 200"), log::toString);
    }

    /** Returns a context with a certificate of localhost, which it trusts. */
    private static SSLContext localhost(Path directory) throws Exception {
        File file = directory.resolve("keys.p12").toFile();
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String options =
                "-genkeypair -keyalg EC -dname CN=localhost -ext san=dns:localhost -storepass changeit -keystore";
        List<String> command = new ArrayList<>(List.of(keytool));
        command.addAll(List.of(options.split(" ")));
        command.add(file.toString());
        assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
        char[] password = "changeit".toCharArray();
        KeyStore store = KeyStore.getInstance(file, password);
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(store, password);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
        trusted.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }

    @Test
    void httpsIsConfiguredForEachConnection(@TempDir Path directory) throws Exception {
        SSLContext context = localhost(directory);
        List<InetSocketAddress> configured = new CopyOnWriteArrayList<>();
        HttpsServer server = provider().createHttpsServer(ANY, 0);
        servers.add(server);
        HttpsConfigurator configurator = new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
                assertSame(this, parameters.getHttpsConfigurator());
                configured.add(parameters.getClientAddress());
                SSLParameters changed = getSSLContext().getDefaultSSLParameters();
                changed.setProtocols(new String[] {"TLSv1.2"});
                parameters.setSSLParameters(changed);
            }
        };
        server.setHttpsConfigurator(configurator);
        assertSame(configurator, server.getHttpsConfigurator());
        server.createContext(
                "/",
                exchange -> answer(
                        exchange,
                        ((HttpsExchange) exchange).getSSLSession().getProtocol() + " " + exchange.getRequestMethod()));
        int port = start(server);
        try (HttpClient secure = HttpClient.newBuilder().sslContext(context).build()) {
            URI uri = URI.create("https://localhost:" + port + "/");
            assertEquals(
                    "TLSv1.2 GET",
                    secure.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                            .body());
            secure.shutdownNow();
        }
        assertEquals(1, configured.size());
        assertTrue(configured.get(0).getAddress().isLoopbackAddress());
    }

    @Test
    void httpsWorksWithTheDefaults(@TempDir Path directory) throws Exception {
        SSLContext context = localhost(directory);
        HttpsServer server = provider().createHttpsServer(ANY, 0);
        servers.add(server);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> answer(exchange, "secret"));
        int port = start(server);
        try (HttpClient secure = HttpClient.newBuilder().sslContext(context).build()) {
            URI uri = URI.create("https://localhost:" + port + "/");
            assertEquals(
                    "secret",
                    secure.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                            .body());
            secure.shutdownNow();
        }
    }
}
