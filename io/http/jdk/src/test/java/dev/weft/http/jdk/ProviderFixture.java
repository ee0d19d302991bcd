package dev.weft.http.jdk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.spi.HttpServerProvider;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** A provider of servers, and a client. */
abstract class ProviderFixture {
    static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    static final int LONG = 20; // seconds

    final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    final List<HttpServer> servers = new CopyOnWriteArrayList<>();

    abstract HttpServerProvider provider() throws ReflectiveOperationException;

    @AfterEach
    void stopAll() {
        client.shutdownNow();
        servers.forEach(server -> server.stop(0));
    }

    HttpServer create() throws Exception {
        HttpServer server = provider().createHttpServer(ANY, 0);
        servers.add(server);
        return server;
    }

    static int start(HttpServer server) {
        server.start();
        return server.getAddress().getPort();
    }

    int serve(HttpHandler handler) throws Exception {
        HttpServer server = create();
        server.createContext("/", handler);
        return start(server);
    }

    static URI uri(int port, String path) {
        return URI.create("http://" + InetAddress.getLoopbackAddress().getHostAddress() + ":" + port + path);
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(int port, String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(port, path)));
    }

    HttpResponse<String> post(int port, String path, HttpRequest.BodyPublisher body) throws Exception {
        return send(HttpRequest.newBuilder(uri(port, path)).POST(body));
    }

    int statusOf(int port, String path) {
        try {
            return get(port, path).statusCode();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends {@code lines}, in which each bar stands for the end of a line. */
    static Socket request(int port, String lines) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(LONG * 1000);
        socket.getOutputStream().write(lines.replace("|", "\r\n").getBytes(UTF_8));
        return socket;
    }

    static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(LONG, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static void answer(HttpExchange exchange, String text) throws IOException {
        byte[] body = text.getBytes(UTF_8);
        exchange.sendResponseHeaders(200, body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }
}
