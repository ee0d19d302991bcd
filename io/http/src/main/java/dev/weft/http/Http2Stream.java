package dev.weft.http;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.sync.Event;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A stream of HTTP/2: a request and its response. The client can send as much as fits into the stream's window, and more as the
 * handler reads; a write returns when flow control and the socket have taken what was written.
 */
final class Http2Stream implements BodySource, ResponseSink {
    private static final int LARGEST_PART = 64 << 10;
    private static final System.Logger LOGGER = System.getLogger("dev.weft.http");

    private final Http2Connection connection;
    private final Http2FrameStream stream;
    private final Http2HeadersFrame request;
    private final Event arrived = new Event();
    private final ArrayDeque<ByteBuf> received = new ArrayDeque<>(); // and not yet read
    private boolean hasEnd; // of the body has been received
    private boolean clientHasLeft;
    private long remaining = UNKNOWN;
    private long waited; // for the body
    private HttpHeaders trailers = HttpHeaders.NO_TRAILERS;

    @Nullable Greenlet<?> greenlet;

    Http2Stream(Http2Connection connection, Http2HeadersFrame request) {
        this.connection = connection;
        this.request = request;
        stream = request.stream();
        hasEnd = request.isEndStream();
    }

    /** Answers the request. */
    void serve() throws Exception {
        try {
            answer();
            if (!hasEnd) {
                reset(Http2Error.NO_ERROR); // the rest of the request is not wanted
            }
        } catch (Cancelled e) {
            reset(Http2Error.CANCEL);
        } catch (IOException e) {
            LOGGER.log(System.Logger.Level.DEBUG, "a request has failed", e);
            reset(Http2Error.INTERNAL_ERROR);
        } catch (Throwable t) {
            reset(Http2Error.INTERNAL_ERROR);
            throw t;
        }
    }

    private void answer() throws Exception {
        RequestHead head;
        try {
            head = Http2Head.of(request, connection.limits());
        } catch (HttpException e) {
            reject(e);
            return;
        }
        remaining = head.length() == RequestHead.CHUNKED ? UNKNOWN : head.length();
        RequestBody body = new RequestBody(head, this, 0);
        new Exchange(connection, this, head, body).answer(() -> true);
    }

    private void reject(HttpException failure) throws IOException {
        connection.loop.countRejected();
        ByteBuffer text = StandardCharsets.UTF_8.encode(failure.getMessage() + "\n");
        int bytes = text.remaining();
        Http2Headers head = Http2Head.of(failure.status())
                .set("date", connection.loop.date())
                .set("content-type", "text/plain; charset=utf-8")
                .setInt("content-length", bytes);
        connection.write(new DefaultHttp2HeadersFrame(head).stream(stream));
        write(text);
        awaitWritten(writeEnd(), bytes);
    }

    private void reset(Http2Error error) {
        if (!clientHasLeft) {
            connection.write(new DefaultHttp2ResetFrame(error).stream(stream));
            connection.flush();
        }
    }

    /** The client has reset the stream. */
    void reset() {
        clientHasLeft = true;
        if (greenlet != null) {
            greenlet.kill("the client has left");
        }
    }

    /** The client has sent a part of the body. */
    void received(Http2DataFrame frame) {
        ByteBuf content = frame.content();
        int padding = frame.initialFlowControlledBytes() - content.readableBytes();
        if (padding > 0) {
            connection.consumed(stream, padding);
        }
        if (content.isReadable()) {
            received.add(content);
        } else {
            content.release();
        }
        endIf(frame.isEndStream());
    }

    /** The client has sent trailer fields. */
    void trailers(Http2HeadersFrame frame) {
        trailers = Http2Head.trailers(frame.headers());
        endIf(frame.isEndStream());
    }

    private void endIf(boolean isEnd) {
        hasEnd |= isEnd;
        arrived.set();
    }

    @Override
    public int read(ByteBuffer target, long count) throws IOException {
        while (received.isEmpty()) {
            if (hasEnd) {
                return -1;
            }
            awaitMore(count);
        }
        ByteBuf first = received.getFirst();
        connection.checkBodySize(count + first.readableBytes());
        int read = BodySource.move(first, target);
        if (!first.isReadable()) {
            received.removeFirst().release();
        }
        if (remaining != UNKNOWN) {
            remaining -= read;
        }
        connection.consumed(stream, read);
        return read;
    }

    private void awaitMore(long count) throws IOException {
        long begin = System.nanoTime();
        arrived.clear();
        try {
            Weft.await(arrived, connection.allowance(count, waited));
        } catch (DeadlineExceeded e) {
            throw connection.bodyTooSlow();
        }
        waited += System.nanoTime() - begin;
        if (clientHasLeft) {
            throw new EOFException("the client has left before the end of its request");
        }
    }

    @Override
    public boolean isAtEnd() {
        return hasEnd && received.isEmpty();
    }

    @Override
    public long remaining() {
        return remaining;
    }

    @Override
    public HttpHeaders trailers() {
        return trailers;
    }

    @Override
    public void sendContinue() {
        if (received.isEmpty() && !hasEnd) {
            connection.write(new DefaultHttp2HeadersFrame(Http2Head.of(100)).stream(stream));
            connection.flush();
        }
    }

    @Override
    public void send(HttpResponse response, ByteBuffer body, long length) throws IOException {
        int bytes = body.remaining();
        Http2Headers head = Http2Head.of(response, length, connection.loop);
        if (bytes == 0) {
            awaitWritten(connection.write(new DefaultHttp2HeadersFrame(head, true).stream(stream)), 0);
        } else {
            connection.write(new DefaultHttp2HeadersFrame(head).stream(stream));
            write(body);
            awaitWritten(writeEnd(), bytes);
        }
    }

    @Override
    public void sendPart(HttpResponse response, ByteBuffer part, long length) throws IOException {
        int bytes = part.remaining();
        if (!response.isCommitted()) {
            Http2Headers head = Http2Head.of(response, length, connection.loop);
            ChannelFuture written =
                    connection.write(new DefaultHttp2HeadersFrame(head, !response.sendsBody()).stream(stream));
            if (bytes == 0) {
                awaitWritten(written, 0);
            }
        }
        if (bytes > 0) {
            awaitWritten(write(part), bytes);
        }
    }

    @Override
    public void end(HttpResponse response, long length, @Nullable HttpHeaders trailers) throws IOException {
        if (!response.sendsBody()) {
            return;
        }
        if (trailers == null) {
            awaitWritten(writeEnd(), 0);
        } else {
            Http2Headers fields = Http2Head.fields(new DefaultHttp2Headers(false), trailers);
            awaitWritten(connection.write(new DefaultHttp2HeadersFrame(fields, true).stream(stream)), 0);
        }
    }

    /** Writes {@code body}, which is not empty, and returns the result of its last part, for which it does not wait. */
    private ChannelFuture write(ByteBuffer body) throws IOException {
        while (true) {
            int bytes = Math.min(LARGEST_PART, body.remaining());
            ByteBuf part = Unpooled.copiedBuffer(body.slice(body.position(), bytes)); // the caller may be killed
            body.position(body.position() + bytes);
            ChannelFuture written = connection.write(new DefaultHttp2DataFrame(part).stream(stream));
            if (!body.hasRemaining()) {
                return written;
            }
            awaitWritten(written, bytes);
        }
    }

    private ChannelFuture writeEnd() {
        return connection.write(new DefaultHttp2DataFrame(true).stream(stream));
    }

    private void awaitWritten(ChannelFuture written, int bytes) throws IOException {
        connection.flush();
        CompletableFuture<Boolean> done = new CompletableFuture<>();
        written.addListener(future -> done.complete(future.isSuccess()));
        try {
            if (!Weft.await(done, connection.timeFor(bytes))) {
                clientHasLeft = true;
                throw new IOException("the client has left", written.cause());
            }
        } catch (DeadlineExceeded e) {
            reset(Http2Error.CANCEL);
            clientHasLeft = true;
            throw connection.notReading(e);
        }
    }

    @Override
    public void requireUpgradable() {
        throw new HttpException(400, "HTTP/2 has no upgrades");
    }

    @Override
    public boolean clientHasLeft() {
        return clientHasLeft;
    }
}
