package dev.weft.http;

import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Scope;
import dev.weft.Weft;
import dev.weft.io.ByteStream;
import dev.weft.lowlevel.Suspension;
import dev.weft.sync.Event;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Frame;
import io.netty.handler.codec.http2.Http2FrameStream;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection that speaks HTTP/2 (RFC 9113). One greenlet reads, one writes, and each request has a greenlet of its own, all in a scope
 * of the connection's greenlet, which waits for the end.
 */
final class Http2Connection extends ServerConnection implements Http2Channel.Listener {
    static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    /** Those of streams that have ended may still run, so there may be more than streams. */
    private static final int MOST_HANDLERS = 2 * Http2Channel.MAX_STREAMS;

    private final Event output = new Event(); // there is something to write
    private final Event over = new Event();
    private final Map<Integer, Http2Stream> streams = new HashMap<>(); // whose greenlets have not ended
    private final Http2Channel channel;
    private @Nullable Scope scope;
    private int lastStream;
    private int requests;
    private long idleSince = System.nanoTime();
    private boolean draining;

    Http2Connection(ByteStream stream, ServerLoop loop) throws IOException {
        super(stream, loop);
        channel = new Http2Channel(limits(), this);
    }

    /** Returns whether {@code input}, the first bytes of a connection, may begin with the preface of HTTP/2. */
    static boolean mayBegin(ByteBuf input) {
        for (int i = 0; i < Math.min(input.readableBytes(), PREFACE.length()); i++) {
            if (input.getByte(input.readerIndex() + i) != PREFACE.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Returns whether {@code input}, which may begin with the preface, does. */
    static boolean hasPreface(ByteBuf input) {
        return input.readableBytes() >= PREFACE.length();
    }

    /** Serves until the connection ends, beginning with the bytes that were {@code received}. The caller closes it. */
    void serve(ByteBuffer received) throws Exception {
        loop.opened(this);
        try {
            Weft.<Exception>scope(scope -> {
                this.scope = scope;
                Greenlet<?> writer = scope.spawn("write " + this, this::writeAll);
                Greenlet<?> reader = scope.spawn("read " + this, () -> readAll(received));
                over.await();
                if (Weft.moveOnAfter(LINGER, writer::join)) {
                    stream.shutdownOutput();
                    Weft.moveOnAfter(LINGER, reader::join); // or a reset might overtake what was written
                }
                scope.cancel("the connection has ended");
            });
        } finally {
            loop.closed(this);
            channel.close();
        }
    }

    private void readAll(ByteBuffer received) {
        try {
            channel.received(received);
            if (loop.isStopping()) {
                drain();
            }
            while (receive()) {}
        } catch (IOException e) {
            // The client has left.
        } finally {
            end();
        }
    }

    /** Waits for bytes and handles them. Returns whether there may be more. */
    private boolean receive() throws IOException {
        try {
            return Weft.withTimeout(patience(), () -> stream.receive(channel::received)) >= 0;
        } catch (DeadlineExceeded e) {
            if (!streams.isEmpty() || patience().isPositive()) {
                return true;
            }
            drain();
            return false;
        }
    }

    /** Returns how long the connection may be without a request. What else the client sends does not prolong that. */
    private Duration patience() {
        if (!streams.isEmpty()) {
            return limits().idleDeadline();
        }
        Duration limit = requests == 0 ? limits().headerDeadline() : limits().idleDeadline();
        Duration left = limit.minusNanos(System.nanoTime() - idleSince);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private void writeAll() {
        try {
            while (true) {
                output.await();
                output.clear();
                boolean isLast = over.isSet();
                send(channel.take());
                if (isLast || !channel.isOpen()) {
                    return;
                }
            }
        } catch (IOException | DeadlineExceeded e) {
            // The client has left, or does not read.
        } finally {
            end();
        }
    }

    private void send(List<ByteBuf> frames) throws IOException {
        ByteBuffer[] parts = frames.stream().map(ByteBuf::nioBuffer).toArray(ByteBuffer[]::new);
        long bytes = 0;
        for (ByteBuffer part : parts) {
            bytes += part.remaining();
        }
        if (bytes > 0) {
            Weft.withTimeout(timeFor(bytes), () -> stream.write(parts));
        }
        frames.forEach(ByteBuf::release);
    }

    /** Ends the connection once what is to be sent has been sent. */
    private void end() {
        over.set();
        output.set();
    }

    /** Refuses further requests; the connection ends with the last of those that it has. */
    @Override
    void drain() {
        if (!draining) {
            draining = true;
            write(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR));
            flush();
            endIfDeserted();
        }
    }

    private void endIfDeserted() {
        if (draining && streams.isEmpty()) {
            end();
        }
    }

    /** Has nothing to do, as this connection reads all the time. */
    @Override
    void watchIfSlow() {}

    ChannelFuture write(Http2Frame frame) {
        return channel.write(frame);
    }

    void flush() {
        channel.flush();
    }

    void consumed(Http2FrameStream stream, int bytes) {
        channel.consumed(stream, bytes);
        channel.flush();
    }

    @Override
    public void onHeaders(Http2HeadersFrame frame) {
        int id = frame.stream().id();
        Http2Stream known = streams.get(id);
        if (known != null) {
            known.trailers(frame);
        } else if (id > lastStream) {
            lastStream = id;
            open(frame);
        }
    }

    private void open(Http2HeadersFrame frame) {
        if (streams.size() >= MOST_HANDLERS || scope == null) {
            write(new DefaultHttp2ResetFrame(Http2Error.REFUSED_STREAM).stream(frame.stream()));
            return;
        }
        int id = frame.stream().id();
        Http2Stream opened = new Http2Stream(this, frame);
        streams.put(id, opened);
        Greenlet<?> greenlet = scope.spawn("request " + id + " of " + this, opened::serve);
        opened.greenlet = greenlet;
        Suspension.whenEnded(greenlet, ended -> closed(id));
        if (++requests >= limits().requestsPerConnection()) {
            drain();
        }
    }

    private void closed(int id) {
        streams.remove(id);
        idleSince = System.nanoTime();
        endIfDeserted();
    }

    @Override
    public void onData(Http2DataFrame frame) {
        Http2Stream known = streams.get(frame.stream().id());
        if (known == null) {
            frame.release();
        } else {
            known.received(frame);
        }
    }

    @Override
    public void onReset(Http2FrameStream stream) {
        Http2Stream known = streams.get(stream.id());
        if (known != null) {
            known.reset();
        }
    }

    @Override
    public void onOutput() {
        output.set();
    }

    @Override
    public void onClose() {
        end();
    }
}
