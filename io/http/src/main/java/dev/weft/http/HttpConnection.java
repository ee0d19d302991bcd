package dev.weft.http;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.io.ByteStream;
import dev.weft.io.tls.TlsStream;
import io.netty.buffer.ByteBuf;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A connection: reads requests one after the other, has each answered, and writes the responses. All in the connection's
 * greenlet, except that {@link #watchIfSlow a second one} notices that the client leaves while a handler runs.
 */
final class HttpConnection {
    private static final System.Logger LOGGER = System.getLogger("dev.weft.http");

    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final Duration LAST_LOOK = Duration.ofMillis(10);
    private static final Duration LINGER = Duration.ofSeconds(1);
    private static final int MOST_LINGERING = 1 << 20;
    private static final int MOST_WATCHED = 64 << 10;
    private static final int LONGEST_LOGGED_TARGET = 1000;

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

    final ServerLoop loop;
    final InetSocketAddress remoteAddress;
    int index; // among the connections of the loop

    private final ByteStream stream;
    private final ConnectionInput input;
    private final Greenlet<?> greenlet = Greenlet.current();
    private Phase phase = Phase.BUSY;
    private int requests;
    private long requestSeen = -1; // by the watch
    private @Nullable Greenlet<?> watcher;
    private boolean isInterrupted; // a Draining has been thrown into the greenlet and not yet arrived
    private boolean clientHasLeft;
    private long waitedForBody;

    HttpConnection(ByteStream stream, ServerLoop loop) throws IOException {
        this.stream = stream;
        this.loop = loop;
        remoteAddress = (InetSocketAddress) stream.remoteAddress();
        input = new ConnectionInput(stream, loop);
    }

    InetSocketAddress localAddress() throws IOException {
        return (InetSocketAddress) stream.localAddress();
    }

    Optional<SSLSession> tlsSession() {
        return stream instanceof TlsStream tls ? Optional.of(tls.session()) : Optional.empty();
    }

    HttpLimits limits() {
        return loop.settings.limits();
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
    }

    /** Serves one request. Returns whether another one may follow. */
    private boolean serveNext() throws Exception {
        RequestDecoder decoder;
        RequestHead head;
        try {
            if (!awaitRequest()) {
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
        return answer(head, new RequestBody(this, head, isChunked ? decoder : null));
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

    /** Makes the connection end: at once if it is idle, otherwise after its response. */
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
            try {
                if (input.fill(limits().headerDeadline().minusNanos(System.nanoTime() - begin)) < 0) {
                    return null;
                }
            } catch (DeadlineExceeded e) {
                throw new HttpException(408, "the head of the request took longer than " + limits().headerDeadline());
            }
        }
        return head;
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
        HttpRequest request = new HttpRequest(this, head, body, loop.began());
        HttpResponse response = new HttpResponse(this, request);
        long begin = System.nanoTime();
        waitedForBody = 0;
        @Nullable Throwable failure = null;
        try {
            failure = handle(request, response);
            if (failure != null) {
                recover(request, response, failure);
            }
            return endOf(body, response);
        } catch (Throwable t) {
            failure = t;
            throw t;
        } finally {
            phase = Phase.BUSY;
            loop.ended();
            log(request, response, System.nanoTime() - begin, failure);
        }
    }

    /** Calls the handler and completes the response. Returns what went wrong. */
    private @Nullable Throwable handle(HttpRequest request, HttpResponse response) {
        try {
            phase = Phase.HANDLING;
            Duration timeout = loop.settings.timeoutOf(request.headers());
            if (timeout == null) {
                loop.settings.handler().handle(request, response);
            } else {
                handleWithin(timeout, request, response);
            }
            response.complete();
            return null;
        } catch (Throwable t) {
            return t;
        }
    }

    private void handleWithin(Duration timeout, HttpRequest request, HttpResponse response) throws Exception {
        try {
            Weft.withTimeout(timeout, () -> loop.settings.handler().handle(request, response));
        } catch (DeadlineExceeded e) {
            if (e.timeout() == timeout) { // not one of the handler's own
                HttpException late = new HttpException(503, "the request took longer than " + timeout);
                late.initCause(e);
                throw late;
            }
            throw e;
        }
    }

    /** Answers in place of a handler that failed. Throws if the connection cannot be used any more. */
    private void recover(HttpRequest request, HttpResponse response, Throwable failure) throws Exception {
        if (isCancelled()) {
            loop.countCancelled();
            throw rethrown(failure);
        }
        if (clientHasLeft && !(failure instanceof Error)) {
            loop.countCancelled();
            throw new IOException("the client of " + request + " has left", failure);
        }
        if (response.isAborted()) {
            throw new IOException("the handler has aborted the response to " + request, failure);
        }
        HttpException answer = failure instanceof HttpException known ? known : internalError(request, failure);
        if (response.isCommitted()) {
            throw new IOException("the response to " + request + " is incomplete", failure);
        }
        response.replace(answer);
        response.complete();
    }

    private static boolean isCancelled() {
        try {
            Weft.checkCancelled();
            return false;
        } catch (Cancelled e) {
            return true;
        }
    }

    private static Exception rethrown(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return (Exception) failure;
    }

    private HttpException internalError(HttpRequest request, Throwable failure) {
        loop.countFailed();
        LOGGER.log(System.Logger.Level.ERROR, "the handler of " + request + " failed", failure);
        return new HttpException(500, "internal error; request " + request.id());
    }

    /** Ends a request whose response is complete. Returns whether another request may follow. */
    private boolean endOf(RequestBody body, HttpResponse response) throws Exception {
        stopWatching();
        HttpResponse.@Nullable Upgraded continuation = response.continuation();
        if (continuation != null) {
            continuation.serve(stream);
            return false;
        }
        if (response.closes()) {
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

    private void log(HttpRequest request, HttpResponse response, long nanos, @Nullable Throwable failure) {
        AccessLog log = loop.settings.accessLog();
        if (log != null) {
            String target = request.target();
            log.log(new AccessRecord(
                    request.id(),
                    remoteAddress,
                    request.method(),
                    target.length() > LONGEST_LOGGED_TARGET ? target.substring(0, LONGEST_LOGGED_TARGET) : target,
                    request.version(),
                    response.isCommitted() ? response.status() : 0,
                    request.body().count(),
                    response.bodyBytes(),
                    Duration.ofNanos(nanos),
                    Optional.ofNullable(failure)));
        }
    }

    /** Returns whether the response to {@code head} must be the last one, whatever it says. */
    boolean isLast(RequestHead head, RequestBody body) {
        return !head.keepsAlive()
                || requests + 1 >= limits().requestsPerConnection()
                || loop.isStopping()
                || !body.canBeDiscarded();
    }

    /** Spawns a watcher if the request was already there when this was called before. */
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
            int bytes = read.read(allowance(count));
            if (bytes < 0) {
                throw new EOFException("the client has left before the end of its request");
            }
            waitedForBody += System.nanoTime() - begin;
            return bytes;
        } catch (IOException e) {
            clientHasLeft = true;
            throw e;
        } catch (DeadlineExceeded e) {
            throw new HttpException(
                    408, "the body arrives at fewer than " + limits().bodyBytesPerSecond() + " bytes a second");
        }
    }

    /** Takes back the decoder of a body in chunks, which has ended. */
    void giveBack(RequestDecoder decoder) {
        input.releaseIfEmpty();
        loop.giveBack(decoder);
    }

    /** Returns how long the client may still keep us waiting, after {@code count} bytes. */
    private Duration allowance(long count) {
        Duration left = timeFor(count).minusNanos(waitedForBody);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private Duration timeFor(long bytes) {
        return limits().bodyGrace().plusSeconds(bytes / limits().bodyBytesPerSecond());
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
        } catch (IOException e) {
            clientHasLeft = true;
            throw e;
        } catch (DeadlineExceeded e) {
            throw notReading(e);
        }
    }

    /** Writes {@code out}, which it gives back, and then {@code body}. */
    void write(WireBuffer out, ByteBuffer body, byte[] end) throws IOException {
        ByteBuffer[] parts = {out.written(), body, ByteBuffer.wrap(end)};
        try {
            Weft.withTimeout(timeFor(body.remaining()), () -> stream.write(parts));
            loop.giveBack(out);
        } catch (IOException e) {
            clientHasLeft = true;
            throw e;
        } catch (DeadlineExceeded e) {
            throw notReading(e);
        }
    }

    private IOException notReading(DeadlineExceeded e) {
        clientHasLeft = true;
        return new IOException("the client takes fewer than " + limits().bodyBytesPerSecond() + " bytes a second", e);
    }

    /** Prepares an upgrade: what arrives from now on is for the new protocol. */
    void requireNothingReceived() {
        stopWatching();
        if (!input.isEmpty()) {
            throw new HttpException(400, "the client must wait for 101 before it uses the new protocol");
        }
    }

    @Override
    public String toString() {
        return Objects.toString(stream);
    }
}
