package dev.weft.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weft.Loop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.stream.IntStream;

/** A site for the {@link Crawler}, served on the caller's loop. Each page links to two further pages and to the first. */
record LinkedPages(int pages) {

    HttpServer serve() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setExecutor(Loop.current().executor());
        server.createContext("/", this::answer);
        server.start();
        return server;
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            int page = Integer.parseInt(exchange.getRequestURI().getPath().substring(1));
            IntStream links = IntStream.of(0, 2 * page + 1, 2 * page + 2).filter(link -> link < pages);
            byte[] text =
                    links.mapToObj(link -> "/" + link).collect(joining("\n")).getBytes(UTF_8);
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
        }
    }
}
