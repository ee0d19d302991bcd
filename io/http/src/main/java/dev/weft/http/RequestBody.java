package dev.weft.http;

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

/**
 * The body of a request, which is read from the connection as the handler asks for it: a handler that does not read holds the
 * client up. The first read sends {@code 100 Continue} if the client waits for it. Must be used by one greenlet at a time, of the
 * connection's loop.
 */
public final class RequestBody {
    private static final int LONGEST_TEXT = 1 << 20;
    private static final Pattern CHARSET = Pattern.compile(";\\s*charset=\"?([^\\s;\"]+)", Pattern.CASE_INSENSITIVE);

    private final RequestHead head;
    private final BodySource source;
    private final int unreadBytes; // that may be discarded
    private long count;
    private boolean continueIsExpected;
    private boolean broken; // where the next request begins is not known

    RequestBody(RequestHead head, BodySource source, int unreadBytes) {
        this.head = head;
        this.source = source;
        this.unreadBytes = unreadBytes;
        continueIsExpected = head.expectsContinue() && !source.isAtEnd();
    }

    /** Returns the number of bytes read so far. */
    long count() {
        return count;
    }

    boolean hasEnded() {
        return source.isAtEnd();
    }

    /** Returns whether the rest can be expected to be short enough to be discarded. */
    boolean canBeDiscarded() {
        return hasEnded()
                || (!broken
                        && !continueIsExpected
                        && (source.remaining() == BodySource.UNKNOWN || source.remaining() <= unreadBytes));
    }

    /**
     * Reads the available bytes, waiting until there are some. Returns the number of bytes read, or -1 at the end.
     *
     * @throws HttpException with 413, 408 or 400 if the body breaks a limit or a rule
     * @throws EOFException if the client leaves before the end
     */
    public int read(ByteBuffer target) throws IOException {
        if (hasEnded()) {
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
            source.sendContinue();
        }
        try {
            int read = source.read(target, count);
            count += Math.max(0, read);
            return read;
        } catch (IOException | HttpException e) { // but not if the caller was cancelled: then nothing is lost
            broken = true;
            throw e;
        }
    }

    /** Reads and discards the rest, of at most {@code limit} bytes. Returns whether the end has been reached. */
    boolean discard(long limit) throws IOException {
        continueIsExpected = false; // the response has been sent
        ByteBuffer rubbish = ByteBuffer.allocate((int) Math.min(8192, Math.max(1, limit)));
        long discarded = 0;
        while (!hasEnded() && discarded <= limit) {
            discarded += Math.max(0, read(rubbish.clear()));
        }
        return hasEnded();
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
        long remaining = source.remaining();
        if (remaining > limit && remaining != BodySource.UNKNOWN) {
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
        if (!hasEnded()) {
            throw new IllegalStateException("trailer fields follow the body; read it to its end first");
        }
        return source.trailers();
    }
}
