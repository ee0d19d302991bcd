package dev.weft.sight.console;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weft.observe.Observer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The JDK's HTTP server on the loopback address, with threads of its own, none of which keeps the JVM alive. */
public final class ConsoleServer {
    private static final int MOST_THREADS = 32;
    private static final int MOST_PAGES = 16; // each holds a thread
    private static final long IDLE_SECONDS = 10;
    private static final int BACKLOG = 50;
    private static final long PERIOD_MILLIS = 1_000;
    private static final int LAST_WORD_SECONDS = 1; // for the streams to say that the console has closed
    private static final String JSON = "application/json; charset=utf-8";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final System.Logger LOGGER = System.getLogger("dev.weft.sight");

    private final Access access = Access.create();
    private final Semaphore pages = new Semaphore(MOST_PAGES);
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Answers answers;
    private final HttpServer http;
    private final ThreadPoolExecutor threads;
    private final Thread keeper;
    private final URI uri;

    private ConsoleServer(Observer observer, int port, Set<Permission> permissions) throws IOException {
        answers = new Answers(observer, permissions);
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        http = HttpServer.create(new InetSocketAddress(loopback, port), BACKLOG);
        String name = observer.name() + "-console";
        ThreadFactory factory = Thread.ofPlatform().daemon().name(name + "-", 0).factory();
        threads = new ThreadPoolExecutor(
                0, MOST_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), factory);
        http.setExecutor(threads);
        http.createContext("/", this::handle);
        uri = URI.create("http://127.0.0.1:" + http.getAddress().getPort() + access.prefix());
        keeper = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
    }

    /**
     * Starts a server on {@code port}, or a free one if that is 0.
     *
     * @throws UncheckedIOException if it cannot listen there
     */
    public static ConsoleServer start(Observer observer, int port, Set<Permission> permissions) {
        try {
            ConsoleServer server = new ConsoleServer(observer, port, permissions);
            server.keeper.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the console cannot listen on port " + port + " of 127.0.0.1 (" + e.getMessage()
                            + "); choose another port, or 0 for a free one",
                    e);
        }
    }

    /** Returns the address of the page. */
    public URI uri() {
        return uri;
    }

    /** Stops listening, ends the streams of open pages, and waits until the threads have ended. */
    public void close() {
        closing.countDown();
        try {
            keeper.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // they end by themselves
        }
    }

    /** Runs the server until it or the group is closed. On a daemon thread, as the server's own thread inherits that. */
    private void run() {
        http.start();
        try {
            while (!closing.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                answers.rest();
                if (answers.isOver()) {
                    closing.countDown();
                }
            }
            pages.tryAcquire(MOST_PAGES, LAST_WORD_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            closing.countDown();
        } finally {
            http.stop(0);
            answers.stop();
            threads.shutdownNow();
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            respond(exchange);
        }
    }

    private void respond(HttpExchange exchange) throws IOException {
        Access.protect(exchange.getResponseHeaders());
        try {
            answer(exchange);
        } catch (Refused e) {
            send(exchange, e.status(), TEXT, e.reason().getBytes(UTF_8));
        } catch (RuntimeException | Error e) {
            LOGGER.log(System.Logger.Level.WARNING, "the console cannot answer " + exchange.getRequestMethod(), e);
            send(exchange, 500, TEXT, ("the console failed: " + e).getBytes(UTF_8));
        }
    }

    private void answer(HttpExchange exchange) throws IOException, Refused {
        String path = access.permittedPath(exchange);
        Parameters parameters = Parameters.of(exchange.getRequestURI());
        String method = exchange.getRequestMethod();
        Optional<String> answer = answers.to(method + " " + path, parameters);
        if (answer.isPresent()) {
            send(exchange, 200, JSON, answer.orElseThrow().getBytes(UTF_8));
        } else if (!method.equals("GET")) {
            throw new Refused(405, "only GET is allowed here, not " + method);
        } else if (path.equals("events")) {
            stream(exchange);
        } else {
            PageFile file = PageFile.read(path.isEmpty() ? "index.html" : path);
            send(exchange, 200, file.type(), file.bytes());
        }
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        if (body.length == 0 || exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
        } else {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** Sends an overview each second, until the browser leaves or the console closes. */
    private void stream(HttpExchange exchange) throws IOException, Refused {
        if (!pages.tryAcquire()) {
            throw new Refused(503, MOST_PAGES + " pages of this console are open already; close one");
        }
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            do {
                event(out, "snapshot", answers.overview());
            } while (!closing.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS));
            event(out, "closed", "{}");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the server has stopped
        } finally {
            pages.release();
        }
    }

    private static void event(OutputStream out, String name, String data) throws IOException {
        out.write(("event: " + name + "\ndata: " + data + "\n\n").getBytes(UTF_8));
        out.flush();
    }
}
