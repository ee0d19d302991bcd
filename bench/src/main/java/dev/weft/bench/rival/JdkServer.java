package dev.weft.bench.rival;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.function.IntConsumer;

/** The JDK's {@code com.sun.net.httpserver}, with a virtual thread per request. */
final class JdkServer implements Rival {
    /** By default, it closes idle connections above 200 or after 30 s, and delays small responses. */
    static final List<String> FLAGS = List.of(
            "-Dsun.net.httpserver.maxIdleConnections=100000",
            "-Dsun.net.httpserver.idleInterval=3600",
            "-Dsun.net.httpserver.nodelay=true");

    @Override
    public void serve(Terms terms, IntConsumer listening) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        Body body = Body.of(terms, Threads.virtual());
        server.createContext("/", exchange -> answer(exchange, body.next()));
        server.start();
        listening.accept(server.getAddress().getPort());
    }

    private static void answer(HttpExchange exchange, byte[] body) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
