package dev.weft.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weft.Loop;
import dev.weft.Weft;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * The JDK's blocking HTTP server, unmodified, with a greenlet per request. Thousands of requests may wait at a time on one
 * thread, and share a plain map without a lock.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar http-server [PORT]}
 */
public final class HttpServerOnLoop {
    private final Map<String, Integer> visits = new HashMap<>();

    private HttpServerOnLoop() {}

    /** Listens on the port given as the argument, or on a free port. Try {@code /name}. */
    public static void main(String[] args) throws Exception {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 0;
        Weft.run(() -> {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
            server.setExecutor(Loop.current().executor());
            server.createContext("/", new HttpServerOnLoop()::serve);
            server.start();
            System.out.println("listening on 127.0.0.1:" + server.getAddress().getPort());
            new CountDownLatch(1).await(); // until the process is killed
        });
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes(); // yields while it waits for the client
            String name = exchange.getRequestURI().getPath().substring(1);
            int count = visits.merge(name, 1, Integer::sum); // no other greenlet runs here, so no lock
            Thread.sleep(100); // stands for a slow database; yields too
            byte[] page = ("hello " + name + ", this is visit " + count + "\n").getBytes(UTF_8);
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
        } catch (InterruptedException e) {
            throw new IOException("the loop is closed", e);
        }
    }
}
