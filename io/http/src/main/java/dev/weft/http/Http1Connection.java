package dev.weft.http;

import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.io.ByteStream;
import io.netty.buffer.ByteBuf;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection that speaks HTTP/1.1: reads requests one after the other, has each answered, and writes the responses. All in the connection's
 * greenlet, except that {@link #watchIfSlow a second one} notices that the client leaves while a handler runs.
 */
final class Http1Connection extends ServerConnection {
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final Duration LAST_LOOK = Duration.ofMillis(10);
    private static final int MOST_LINGERING = 1 << 20;
    private static final int MOST_WATCHED = 64 << 10;

    /** What a connection does, as far as others must know. */
    private enum Phase {
        /** Waits for a request, of which nothing has arrived. */
        IDLE,
        /** Reads a head, or sends what is left to send. */
        BUSY,
        /** The handler runs and does not read. */
        HANDLING,
        /** The handler reads the body, or owns the connection. */
        READING
    }

    /** Thrown into the wait of an idle connection when the server stops. */
    private static final class Draining extends RuntimeException {
        private static final long serialVersionUID = 1;

        Draining() {
            super("the server stops", null, false, false);
        }
    }

    private final ConnectionInput input;
    private final Greenlet<?> greenlet = Greenlet.current();
    private Phase phase = Phase.BUSY;
    private int requests;
    private long requestSeen = -1; // by the watch
    private @Nullable Greenlet<?> watcher;
    private boolean isInterrupted; // a Draining has been thrown into the greenlet and not yet arrived
    private boolean clientHasLeft;
    private @Nullable ByteBuffer preface; // and what came with it, of a client that speaks HTTP/2
    private long waitedForBody;

    Http1Connection(ByteStream stream, ServerLoop loop) throws IOException {
        super(stream, loop);
        input = new ConnectionInput(stream, loop);
    }

    /** Serves until the connection ends. The caller closes it. */
    void serve() throws Exception {
        loop.opened(this);
        try {
            while (serveNext()) {
                requests++;
            }
        } finally {
            loop.closed(this);
            input.release();
        }
        if (preface != null) {
            new Http2Connection(stream, loop).serve(preface);
        }
    }

    /** Serves one request. Returns whether another one may follow. */
    private boolean serveNext() throws Exception {
        RequestDecoder decoder;
        RequestHead head;
        try {
            if (!awaitRequest() || hasPreface()) {
                return false;
            }
            decoder = loop.takeDecoder();
            var decoded = readHead(decoder);
            if (decoded == null) {
                return false;
            }
            head = RequestHead.of(decoded, limits());
        } catch (HttpException e) {
            reject(e);
            return false;
        }
        boolean isChunked = head.length() == RequestHead.CHUNKED;
        if (!isChunked) {
            decoder.skipBody();
            loop.giveBack(decoder);
        }
        input.releaseIfEmpty();
        BodySource source = isChunked ? new ChunkedBody(this, decoder) : new SizedBody(this, head.length());
        return answer(head, new RequestBody(head, source, limits().unreadBytes()));
    }

    /** Waits for the first byte of a request. Returns false if there is none to come. */
    private boolean awaitRequest() throws IOException {
        if (!input.isEmpty()) {
            return true;
        }
        input.release();
        phase = Phase.IDLE;
        try {
            return input.fill(loop.isStopping() ? LAST_LOOK : patience()) >= 0;
        } catch (DeadlineExceeded e) {
            return false;
        } catch (Draining e) {
            isInterrupted = false;
            return takeLastLook();
        } finally {
            phase = Phase.BUSY;
            awaitInterrupt();
        }
    }

    /** Returns whether the connection begins with the preface of HTTP/2, whose bytes it takes then. */
    private boolean hasPreface() throws IOException {
        if (requests > 0 || !loop.settings.http2() || loop.settings.tls() != null) {
            return false;
        }
        long begin = System.nanoTime();
        while (Http2Connection.mayBegin(input.buffer())) {
            if (Http2Connection.hasPreface(input.buffer())) {
                preface = input.take();
                return true;
            }
            if (!fillHead(begin)) {
                return false;
            }
        }
        return false;
    }

    private Duration patience() {
        return requests == 0 ? limits().headerDeadline() : limits().idleDeadline();
    }

    /** Serves a request that was on its way when the server stopped. */
    private boolean takeLastLook() throws IOException {
        try {
            return input.fill(LAST_LOOK) >= 0;
        } catch (DeadlineExceeded e) {
            return false;
        }
    }

    @Override
    void drain() {
        if (phase == Phase.IDLE && !isInterrupted) {
            isInterrupted = true;
            greenlet.throwInto(new Draining());
        }
    }

    /** Takes an interrupt that came when a request had arrived, so that it does not surface in the handler. */
    private void awaitInterrupt() {
        if (isInterrupted) {
            isInterrupted = false;
            try {
                Weft.yieldNow();
            } catch (Draining e) {
                // Expected.
            }
        }
    }

    private io.netty.handler.codec.http.@Nullable HttpRequest readHead(RequestDecoder decoder) throws IOException {
        long begin = System.nanoTime();
        io.netty.handler.codec.http.HttpRequest head;
        while ((head = decoder.head(input.buffer())) == null) {
            input.compact();
            if (!fillHead(begin)) {
                return null;
            }
        }
        return head;
    }

    /** Waits for more of a head, for which there is a deadline. Returns false if the client has left. */
    private boolean fillHead(long begin) throws IOException {
        try {
            return input.fill(limits().headerDeadline().minusNanos(System.nanoTime() - begin)) >= 0;
        } catch (DeadlineExceeded e) {
            throw new HttpException(408, "the head of the request took longer than " + limits().headerDeadline());
        }
    }

    /** Answers a request that could not be read, as far as possible, and lets the client read the answer. */
    private void reject(HttpException failure) throws IOException {
        loop.countRejected();
        WireBuffer out = loop.takeOutput();
        byte[] text = (failure.getMessage() + "\n").getBytes(StandardCharsets.UTF_8);
        out.put(StatusLines.of(failure.status()))
                .put(loop.dateLine())
                .put("Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: ")
                .putDecimal(text.length)
                .endLine()
                .endLine()
                .put(text);
        write(out);
        linger();
    }

    /**
     * Ends our side and discards what the client still sends, for a while; otherwise the system resets the connection, and the
     * client may lose the response (RFC 9112, section 9.6).
     */
    private void linger() {
        try {
            stream.shutdownOutput();
            Weft.moveOnAfter(LINGER, () -> {
                long[] discarded = {0};
                while (discarded[0] < MOST_LINGERING
                        && stream.receive(bytes -> discarded[0] += bytes.remaining()) >= 0) {}
            });
        } catch (IOException e) {
            // The client has left, with the response or without.
        }
    }

    private boolean answer(RequestHead head, RequestBody body) throws Exception {
        Http1Sink sink = new Http1Sink(this);
        Exchange exchange = new Exchange(this, sink, head, body);
        waitedForBody = 0;
        phase = Phase.HANDLING;
        try {
            return exchange.answer(() -> endOf(body, exchange.response(), sink));
        } finally {
            phase = Phase.BUSY;
        }
    }

    /** Ends a request whose response is complete. Returns whether another request may follow. */
    private boolean endOf(RequestBody body, HttpResponse response, Http1Sink sink) throws Exception {
        stopWatching();
        HttpResponse.@Nullable Upgraded continuation = response.continuation();
        if (continuation != null) {
            continuation.serve(stream);
            return false;
        }
        if (sink.closes()) {
            if (!body.hasEnded() || !input.isEmpty()) {
                linger();
            }
            return false;
        }
        if (!discard(body)) {
            linger();
            return false;
        }
        return true;
    }

    /** Discards what the handler has left of the body. Returns whether the next request begins after it. */
    private boolean discard(RequestBody body) throws IOException {
        try {
            return body.hasEnded() || body.discard(limits().unreadBytes());
        } catch (HttpException e) {
            return false;
        }
    }

    boolean clientHasLeft() {
        return clientHasLeft;
    }

    /** Returns whether the response to {@code head} must be the last one, whatever it says. */
    boolean isLast(RequestHead head, RequestBody body) {
        return !head.keepsAlive()
                || requests + 1 >= limits().requestsPerConnection()
                || loop.isStopping()
                || !body.canBeDiscarded();
    }

    /** Spawns a watcher if the request was already there when this was called before. */
    @Override
    void watchIfSlow() {
        if (phase != Phase.HANDLING || watcher != null) {
            return;
        }
        if (requestSeen == requests) {
            watcher = greenlet.loop().spawn("watch " + stream, this::watch);
        }
        requestSeen = requests;
    }

    /** Reads on until the client leaves, and kills the handler then. What is read is kept for the next request. */
    private void watch() {
        try {
            while (input.available() < MOST_WATCHED) {
                if (input.fill() < 0) {
                    greenlet.kill("the client has left");
                    return;
                }
            }
        } catch (IOException e) {
            greenlet.kill("the client has left: " + e.getMessage());
        }
    }

    /** Ends the watcher, because this greenlet reads. */
    void stopWatching() {
        phase = Phase.READING;
        Greenlet<?> running = watcher;
        if (running != null) {
            watcher = null;
            running.killAndJoin(LINGER);
        }
    }

    /** Reads a part of a body of which {@code count} bytes have been read. */
    int readBody(ByteBuffer target, long count) throws IOException {
        stopWatching();
        try {
            return input.isEmpty() ? waitForBody(count, left -> stream.read(target, left)) : input.drainTo(target);
        } finally {
            phase = Phase.HANDLING;
        }
    }

    /** Returns the input for a decoder of chunks. */
    ByteBuf bodyInput() {
        return input.buffer();
    }

    /** Waits for more of a body in chunks, of which {@code count} bytes have been read. */
    void fillForBody(long count) throws IOException {
        stopWatching();
        try {
            input.compact();
            input.releaseIfEmpty();
            waitForBody(count, input::fill);
        } finally {
            phase = Phase.HANDLING;
        }
    }

    /** A read with a time limit. */
    private interface TimedRead {
        /** Returns the number of bytes read, or -1 at the end. */
        int read(Duration limit) throws IOException;
    }

    private int waitForBody(long count, TimedRead read) throws IOException {
        long begin = System.nanoTime();
        try {
            int bytes = read.read(allowance(count, waitedForBody));
            if (bytes < 0) {
                throw new EOFException("the client has left before the end of its request");
            }
            waitedForBody += System.nanoTime() - begin;
            return bytes;
        } catch (IOException e) {
            clientHasLeft = true;
            throw e;
        } catch (DeadlineExceeded e) {
            throw bodyTooSlow();
        }
    }

    /** Takes back the decoder of a body in chunks, which has ended. */
    void giveBack(RequestDecoder decoder) {
        input.releaseIfEmpty();
        loop.giveBack(decoder);
    }

    /** Tells the client to send the body, unless it has begun to. */
    void sendContinue() throws IOException {
        if (input.isEmpty()) {
            write(loop.takeOutput().put(CONTINUE));
        }
    }

    /** Writes {@code out} and gives it back. */
    void write(WireBuffer out) throws IOException {
        ByteBuffer written = out.written();
        try {
            stream.write(written, timeFor(written.remaining()));
            loop.giveBack(out);
        } catch (IOException | DeadlineExceeded e) {
            throw unwritten(e);
        }
    }

    /** Writes {@code out}, which it gives back, and then {@code body}. */
    void write(WireBuffer out, ByteBuffer body, byte[] end) throws IOException {
        ByteBuffer[] parts = {out.written(), body, ByteBuffer.wrap(end)};
        try {
            Weft.withTimeout(timeFor(body.remaining()), () -> stream.write(parts));
            loop.giveBack(out);
        } catch (IOException | DeadlineExceeded e) {
            throw unwritten(e);
        }
    }

    private IOException unwritten(Exception cause) {
        clientHasLeft = true;
        return cause instanceof IOException failure ? failure : notReading(cause);
    }

    /** Prepares an upgrade: what arrives from now on is for the new protocol. */
    void requireNothingReceived() {
        stopWatching();
        if (!input.isEmpty()) {
            throw new HttpException(400, "the client must wait for 101 before it uses the new protocol");
        }
    }
}
