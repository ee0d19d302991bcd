package dev.weft.examples;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.weft.Weft;
import dev.weft.http.HttpException;
import dev.weft.http.HttpRequest;
import dev.weft.http.HttpResponse;
import dev.weft.http.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Weft's HTTP server. A handler is plain blocking code in a greenlet. Thousands may wait at a time on one thread, and share a
 * plain map without a lock.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar hello-http [PORT]}
 */
public final class HelloHttp {
    private final Map<String, Integer> visits = new HashMap<>();

    private HelloHttp() {}

    /** Listens on the port given as the argument, or on a free port. Try {@code /?name=you}, {@code /echo}, {@code /countdown}. */
    public static void main(String[] args) throws Exception {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 0;
        Weft.run(() -> {
            HttpServer server = HttpServer.start("127.0.0.1", port, new HelloHttp()::handle);
            System.out.println("listening on 127.0.0.1:" + server.port());
            server.join();
        });
    }

    private void handle(HttpRequest request, HttpResponse response) throws IOException {
        switch (request.path()) {
            case "/" -> {
                String name = request.query().first("name").orElse("stranger");
                int visit = visits.merge(name, 1, Integer::sum); // no other greenlet runs here, so no lock
                response.send("hello " + name + ", visit " + visit + "\n");
            }
            case "/echo" -> request.body().stream().transferTo(response.stream()); // of any length
            case "/countdown" -> countDown(response.stream());
            default -> throw new HttpException(404, "no such page: " + request.path());
        }
    }

    private static void countDown(OutputStream body) throws IOException {
        for (int i = 3; i > 0; i--) {
            body.write((i + "\n").getBytes(UTF_8));
            body.flush();
            Weft.sleep(Duration.ofMillis(100)); // if the client leaves, this throws Cancelled
        }
    }
}
