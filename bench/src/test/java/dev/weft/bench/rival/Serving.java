package dev.weft.bench.rival;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A contender's server in this JVM, until it is closed. */
final class Serving implements AutoCloseable {
    static final String REQUEST = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

    private static final int PATIENCE_SECONDS = 20;

    private final CompletableFuture<Integer> port = new CompletableFuture<>();
    private final Thread server;

    private Serving(Contender contender, Terms terms) {
        server = Thread.ofPlatform().daemon().name("server").unstarted(() -> {
            try {
                contender.rival().serve(terms, port::complete);
            } catch (Exception e) {
                port.completeExceptionally(e); // no news if it has listened: it is being closed
            }
        });
    }

    static Serving start(Contender contender, Service service) {
        return start(contender, new Terms(service, 1, null));
    }

    static Serving start(Contender contender, Service service, int upstreamPort) {
        return start(contender, new Terms(service, 1, loopback(upstreamPort)));
    }

    static Serving start(Contender contender, Terms terms) {
        Serving serving = new Serving(contender, terms);
        serving.server.start();
        return serving;
    }

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    Socket connect() throws Exception {
        return connect(port.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    static Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        return socket;
    }

    @Override
    public void close() {
        server.interrupt();
    }

    /** Sends a request to an HTTP server. */
    static void request(Socket client) throws IOException {
        client.getOutputStream().write(REQUEST.getBytes(ISO_8859_1));
    }

    /** Reads one answer of an HTTP server, and gives its body; null at the end of the connection. */
    static @Nullable String answer(Socket client) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = client.getInputStream().read();
            if (next < 0) {
                return null;
            }
            head.append((char) next);
        }
        String lower = head.toString().toLowerCase(Locale.ROOT);
        if (!lower.startsWith("http/1.1 200 ok\r\n") || !lower.contains("\r\ncontent-type: text/plain")) {
            throw new IOException("not the answer that was to come: " + head);
        }
        int length = Integer.parseInt(lower.replaceAll("(?s).*\r\ncontent-length: *(\\d+)\r\n.*", "$1"));
        return new String(client.getInputStream().readNBytes(length), ISO_8859_1);
    }

    /** The two ends of a proxied connection say something and end their direction: {@code first} and then {@code other}. */
    static void talkAndHalfClose(Socket first, Socket other) throws IOException {
        say(first, "over", other);
        say(other, "and out", first);
    }

    private static void say(Socket from, String text, Socket to) throws IOException {
        from.getOutputStream().write(text.getBytes(ISO_8859_1));
        from.shutdownOutput();
        assertEquals(text, new String(to.getInputStream().readAllBytes(), ISO_8859_1));
    }
}
