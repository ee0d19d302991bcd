package dev.weft.http;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.sync.Event;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A server's state on one of its loops: connections, counts, and the buffers and decoders that the connections take in turn.
 * Confined to the loop, except for the counts, which any thread may read.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // written only by the loop
final class ServerLoop {
    /** How long a request may take before its connection is watched for the client's leaving, at least. */
    private static final Duration WATCH_INTERVAL = Duration.ofMillis(50);

    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final int KEPT = 64;
    private static final int LARGEST_KEPT = 64 << 10;

    final ServerSettings settings;
    private final Loop loop;
    private final String idPrefix;

    private final List<ServerConnection> connections = new ArrayList<>(); // each knows its index
    private final ArrayDeque<ByteBuf> inputs = new ArrayDeque<>();
    private final ArrayDeque<WireBuffer> outputs = new ArrayDeque<>();
    private final ArrayDeque<RequestDecoder> decoders = new ArrayDeque<>();
    private String date = "";
    private byte[] dateLine = {};
    private long dateSecond = -1;
    private @Nullable Greenlet<?> watch;
    private final Event stopping;

    private volatile long requests;
    private volatile long inFlight;
    private volatile long rejected;
    private volatile long failed;
    private volatile long cancelled;
    private volatile int killed; // while draining

    ServerLoop(Loop loop, ServerSettings settings, String idPrefix) {
        this.loop = loop;
        this.settings = settings;
        this.idPrefix = idPrefix;
        stopping = new Event(loop, "the server's stop");
    }

    HttpStatistics statistics() {
        return new HttpStatistics(0, requests, inFlight, rejected, failed, cancelled);
    }

    /** Returns how many requests were killed because the server stopped. */
    int killed() {
        return killed;
    }

    /** Returns the event that is set when the server begins to stop. */
    Event stopping() {
        return stopping;
    }

    boolean isStopping() {
        return stopping.isSet();
    }

    void opened(ServerConnection connection) {
        connection.index = connections.size();
        connections.add(connection);
    }

    void closed(ServerConnection connection) {
        ServerConnection last = connections.removeLast();
        if (last != connection) {
            last.index = connection.index;
            connections.set(connection.index, last);
        }
    }

    /** Makes idle connections end now, and the others after their response. */
    void drain() {
        if (!stopping.isSet()) {
            stopping.set();
            connections.forEach(ServerConnection::drain);
        }
    }

    /** Counts a request, and returns its number. */
    long began() {
        inFlight++;
        if (watch == null) {
            watch = loop.spawn("watch for clients that leave", this::watch);
        }
        return ++requests;
    }

    void ended() {
        inFlight--;
    }

    void countRejected() {
        rejected++;
    }

    void countFailed() {
        failed++;
    }

    void countCancelled() {
        cancelled++;
        if (isStopping()) {
            killed++;
        }
    }

    String id(long request) {
        return idPrefix + Long.toString(request, 36);
    }

    /** Runs while there are requests. Looks at them now and then, so that a short request costs nothing. */
    private void watch() {
        try {
            do {
                Weft.sleep(WATCH_INTERVAL);
                connections.forEach(ServerConnection::watchIfSlow);
            } while (inFlight > 0);
        } finally {
            watch = null;
        }
    }

    /** Ends what does not belong to a connection. */
    void close() {
        if (watch != null) {
            watch.kill("the server is closed");
        }
    }

    /** Returns the line of the {@code Date} field, formatted once a second. */
    byte[] dateLine() {
        setDate();
        return dateLine;
    }

    /** Returns the value of the {@code Date} field, formatted once a second. */
    String date() {
        setDate();
        return date;
    }

    private void setDate() {
        long now = System.currentTimeMillis() / 1000;
        if (now != dateSecond) {
            dateSecond = now;
            date = date(now);
            dateLine = ("Date: " + date + "\r\n").getBytes(StandardCharsets.US_ASCII);
        }
    }

    static String date(long epochSecond) {
        return DATE.format(Instant.ofEpochSecond(epochSecond));
    }

    RequestDecoder takeDecoder() {
        RequestDecoder last = decoders.pollLast();
        return last == null ? new RequestDecoder(settings.limits()) : last;
    }

    /** Takes back a decoder that is between two requests. */
    void giveBack(RequestDecoder decoder) {
        if (decoders.size() < KEPT) {
            decoders.addLast(decoder);
        }
    }

    ByteBuf takeInput() {
        ByteBuf last = inputs.pollLast();
        return last == null ? Unpooled.buffer(1024) : last;
    }

    void giveBack(ByteBuf input) {
        if (inputs.size() < KEPT && input.refCnt() == 1 && input.capacity() <= LARGEST_KEPT) {
            inputs.addLast(input.clear());
        }
    }

    WireBuffer takeOutput() {
        WireBuffer last = outputs.pollLast();
        return last == null ? new WireBuffer() : last;
    }

    void giveBack(WireBuffer output) {
        if (outputs.size() < KEPT && output.isUsual()) {
            output.clear();
            outputs.addLast(output);
        }
    }
}
