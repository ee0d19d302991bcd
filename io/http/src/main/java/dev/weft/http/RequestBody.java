package dev.weft.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request, which is read from the connection as the handler asks for it: a handler that does not read holds the
 * client up. The first read sends {@code 100 Continue} if the client waits for it. Must be used by one greenlet at a time, of the
 * connection's loop.
 */
public final class RequestBody {
    private static final int LONGEST_TEXT = 1 << 20;
    private static final Pattern CHARSET = Pattern.compile(";\\s*charset=\"?([^\\s;\"]+)", Pattern.CASE_INSENSITIVE);
    private static final HttpHeaders NO_TRAILERS = new HttpHeaders();

    static {
        NO_TRAILERS.freeze("those of a request cannot be changed");
    }

    private final HttpConnection connection;
    private final RequestHead head;
    private final @Nullable RequestDecoder decoder; // of a body in chunks
    private long remaining; // of a body with a length
    private long count;
    private boolean continueIsExpected;
    private boolean ended;
    private boolean broken; // where the next request begins is not known
    private @Nullable HttpContent chunk; // being read
    private HttpHeaders trailers = NO_TRAILERS;

    RequestBody(HttpConnection connection, RequestHead head, @Nullable RequestDecoder decoder) {
        this.connection = connection;
        this.head = head;
        this.decoder = decoder;
        remaining = decoder == null ? head.length() : Long.MAX_VALUE;
        ended = remaining == 0;
        continueIsExpected = head.expectsContinue() && !ended;
    }

    /** Returns the number of bytes read so far. */
    long count() {
        return count;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Returns whether the rest can be expected to be short enough to be discarded. */
    boolean canBeDiscarded() {
        return ended
                || (!broken
                        && !continueIsExpected
                        && (decoder != null || remaining <= connection.limits().unreadBytes()));
    }

    /**
     * Reads the available bytes, waiting until there are some. Returns the number of bytes read, or -1 at the end.
     *
     * @throws HttpException with 413, 408 or 400 if the body breaks a limit or a rule
     * @throws EOFException if the client leaves before the end
     */
    public int read(ByteBuffer target) throws IOException {
        if (ended) {
            return -1;
        }
        if (!target.hasRemaining()) {
            return 0;
        }
        if (broken) {
            throw new IOException("the body of " + head.target() + " could not be read; see the first failure");
        }
        if (continueIsExpected) {
            continueIsExpected = false;
            connection.sendContinue();
        }
        try {
            return decoder == null ? readPlain(target) : readChunk(decoder, target);
        } catch (IOException | HttpException e) { // but not if the caller was cancelled: then nothing is lost
            broken = true;
            throw e;
        }
    }

    private int readPlain(ByteBuffer target) throws IOException {
        int limit = target.limit();
        target.limit(target.position() + (int) Math.min(remaining, target.remaining()));
        int read;
        try {
            read = connection.readBody(target, count);
        } finally {
            target.limit(limit);
        }
        remaining -= read;
        count += read;
        ended = remaining == 0;
        return read;
    }

    private int readChunk(RequestDecoder decoder, ByteBuffer target) throws IOException {
        HttpContent current = chunk;
        while (current == null || !current.content().isReadable()) {
            release();
            if (current instanceof LastHttpContent last) {
                end(decoder, last);
                return -1;
            }
            current = next(decoder);
        }
        ByteBuf content = current.content();
        int read = Math.min(content.readableBytes(), target.remaining());
        int limit = target.limit();
        content.readBytes(target.limit(target.position() + read));
        target.limit(limit);
        count += read;
        return read;
    }

    private HttpContent next(RequestDecoder decoder) throws IOException {
        HttpContent next;
        while ((next = decoder.content(connection.bodyInput())) == null) {
            connection.fillForBody(count);
        }
        chunk = next;
        if (count + next.content().readableBytes() > connection.limits().bodyBytes()) {
            throw new HttpException(
                    413, "the body is longer than " + connection.limits().bodyBytes() + " bytes");
        }
        return next;
    }

    private void end(RequestDecoder decoder, LastHttpContent last) {
        ended = true;
        if (!last.trailingHeaders().isEmpty()) {
            trailers = HttpHeaders.received(last.trailingHeaders());
        }
        connection.giveBack(decoder);
    }

    private void release() {
        if (chunk != null) {
            chunk.release();
            chunk = null;
        }
    }

    /** Reads and discards the rest, of at most {@code limit} bytes. Returns whether the end has been reached. */
    boolean discard(long limit) throws IOException {
        continueIsExpected = false; // the response has been sent
        ByteBuffer rubbish = ByteBuffer.allocate((int) Math.min(8192, Math.max(1, limit)));
        long discarded = 0;
        while (!ended && discarded <= limit) {
            discarded += Math.max(0, read(rubbish.clear()));
        }
        return ended;
    }

    /** Returns the body as a stream. Closing it has no effect on the connection. */
    public InputStream stream() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                Objects.checkFromIndexSize(offset, length, target.length);
                return RequestBody.this.read(ByteBuffer.wrap(target, offset, length));
            }
        };
    }

    /**
     * Reads the rest of the body.
     *
     * @throws HttpException with 413 if it is longer than {@code limit} bytes; also as {@link #read}
     */
    public byte[] bytes(int limit) throws IOException {
        if (decoder == null && remaining > limit) {
            throw tooLong(limit);
        }
        byte[] part = new byte[Math.clamp(remaining, 1, 8192)];
        ByteArrayOutputStream all =
                new ByteArrayOutputStream(part.length); // grows with what has come, not with what is announced
        int read;
        while ((read = read(ByteBuffer.wrap(part))) >= 0) {
            all.write(part, 0, read);
            if (all.size() > limit) {
                throw tooLong(limit);
            }
        }
        return all.toByteArray();
    }

    private static HttpException tooLong(int limit) {
        return new HttpException(413, "the body is longer than " + limit + " bytes");
    }

    /**
     * Reads the rest of the body, of at most 1 MiB, as text in the charset of {@code Content-Type}, or else UTF-8.
     *
     * @throws HttpException with 415 if the charset is unknown; also as {@link #bytes}
     */
    public String text() throws IOException {
        Charset charset = charset();
        return new String(bytes(LONGEST_TEXT), charset);
    }

    private Charset charset() {
        Matcher named = CHARSET.matcher(head.headers().first("Content-Type").orElse(""));
        if (!named.find()) {
            return StandardCharsets.UTF_8;
        }
        try {
            return Charset.forName(named.group(1));
        } catch (IllegalArgumentException e) {
            throw new HttpException(415, "unknown charset: " + FieldSyntax.quoted(named.group(1)));
        }
    }

    HttpHeaders trailers() {
        if (!ended) {
            throw new IllegalStateException("trailer fields follow the body; read it to its end first");
        }
        return trailers;
    }
}
