package dev.weft.http;

import dev.weft.Scope;
import dev.weft.Weft;
import dev.weft.sync.Limiter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A response that sends events for as long as the client listens: server-sent events, for a browser's {@code EventSource} (HTML
 * Living Standard, section 9.2).
 *
 * <pre>{@code
 * router.get("/prices", ServerSentEvents.handler(events -> {
 *     for (Price price : prices.subscribe()) {
 *         events.send(price.toJson());
 *     }
 * }));
 * }</pre>
 *
 * <p>A send waits while the client does not keep up. When nothing has been sent for 15 seconds, a comment is sent, so that proxies
 * keep the connection and a client that has vanished is noticed. When the client leaves, the source is cancelled. When the source
 * returns, the response ends, and a browser reconnects; it stops if that is answered with 204. When the server begins to stop, the
 * source is cancelled once the current event is sent, and the response ends likewise.
 *
 * <p>Greenlets of the loop may send at the same time; each event is sent whole. A send that is killed or times out may have sent
 * part of an event, so all later ones fail.
 */
public final class ServerSentEvents {
    private static final Duration HEART_BEAT = Duration.ofSeconds(15);
    private static final String COMMENT = ":\n\n";

    private final HttpRequest request;
    private final OutputStream out;
    private final Limiter turn = new Limiter(1);
    private boolean idle;
    private boolean torn;

    private ServerSentEvents(HttpRequest request, OutputStream out) {
        this.request = request;
        this.out = out;
    }

    /** Code that sends events. */
    @FunctionalInterface
    public interface Source {
        /** Sends events until there are no more. Called by the greenlet of the request; may wait. */
        void run(ServerSentEvents events) throws Exception;
    }

    /** Returns a handler that answers each request with the events of {@code source}. */
    public static HttpHandler handler(Source source) {
        return handler(HEART_BEAT, source);
    }

    /**
     * As {@link #handler(Source)}, with another time after which a comment is sent.
     *
     * @throws IllegalArgumentException if {@code heartBeat} is not positive
     */
    public static HttpHandler handler(Duration heartBeat, Source source) {
        Objects.requireNonNull(source, "source");
        if (heartBeat.isNegative() || heartBeat.isZero()) {
            throw new IllegalArgumentException("the time between heart-beats must be positive: " + heartBeat);
        }
        return (request, response) -> serve(request, response, heartBeat, source);
    }

    private static void serve(HttpRequest request, HttpResponse response, Duration heartBeat, Source source)
            throws Exception {
        response.header("Content-Type", "text/event-stream")
                .header("Cache-Control", "no-store")
                .header("X-Accel-Buffering", "no"); // nginx
        if (request.method().equals("HEAD")) {
            response.send();
            return;
        }
        OutputStream out = response.stream();
        out.flush();
        ServerSentEvents events = new ServerSentEvents(request, out);
        Weft.<Exception>scope(scope -> {
            scope.spawn("heart-beat", () -> {
                events.beatUntilServerStops(heartBeat);
                events.cancelBetweenEvents(scope);
            });
            source.run(events);
            scope.cancel("all events have been sent");
        });
        events.requireWhole();
    }

    private void beatUntilServerStops(Duration interval) throws IOException {
        idle = true;
        while (!Weft.moveOnAfter(interval, () -> Weft.await(request.serverStopping()))) {
            if (idle) {
                write(COMMENT);
            }
            idle = true;
        }
    }

    @SuppressWarnings("try") // holds the turn
    private void cancelBetweenEvents(Scope scope) {
        try (Limiter.Lease mine = turn.acquire()) {
            scope.cancel("the server stops");
        }
    }

    /** Returns the request. */
    public HttpRequest request() {
        return request;
    }

    /** Returns the id of the last event that a browser has received before it reconnected. */
    public Optional<String> lastEventId() {
        return request.headers().first("Last-Event-ID");
    }

    /** As {@link #send(ServerSentEvent)}, for an event that has only {@code data}. */
    public void send(String data) throws IOException {
        send(ServerSentEvent.of(data));
    }

    /**
     * Sends {@code event}, waiting while the client does not keep up.
     *
     * @throws IOException if the client has left, or an earlier send was killed or has timed out
     */
    public void send(ServerSentEvent event) throws IOException {
        write(event.encoded());
    }

    @SuppressWarnings("try") // holds the turn
    private void write(String text) throws IOException {
        try (Limiter.Lease mine = turn.acquire()) {
            Weft.checkCancelled(); // before the event is begun
            requireWhole();
            torn = true;
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
            torn = false;
            idle = false;
        }
    }

    private void requireWhole() throws IOException {
        if (torn) {
            throw new IOException("an earlier event was sent only in part, because its send was killed or timed out");
        }
    }

    @Override
    public String toString() {
        return "server-sent events of " + request.path();
    }
}
