package dev.weft.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ByteProcessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Netty's decoder of requests, fed directly instead of by a pipeline, and stricter where RFC 9112 leaves a choice: folded lines,
 * white space other than one space in the request line, and too many fields are refused. Between two requests it has no state,
 * so the connections of a loop share a few.
 */
final class RequestDecoder extends HttpRequestDecoder {
    private static final int LARGEST_CHUNK = 64 << 10;
    private static final int PENDING_CR = 1; // counts against Netty's limits as long as its LF has not arrived

    private final int requestLine;
    private final HeadScan scan;
    private final List<Object> decoded = new ArrayList<>();
    private int endOfWord; // of the request line, in the decoder's buffer

    RequestDecoder(HttpLimits limits) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.requestLine() + PENDING_CR)
                .setMaxHeaderSize(limits.headerBytes() + PENDING_CR)
                .setMaxChunkSize(LARGEST_CHUNK)
                .setStrictLineParsing(true)
                .setUseRfc9112TransferEncoding(true));
        requestLine = limits.requestLine();
        scan = new HeadScan(limits.headerCount(), limits.headerBytes());
    }

    /**
     * Decodes the head of a request. Returns null if {@code input} ends before the head does.
     *
     * @throws HttpException if the head breaks a rule or a limit
     */
    io.netty.handler.codec.http.@Nullable HttpRequest head(ByteBuf input) {
        scan.advance(input);
        decodeFrom(input);
        if (decoded.isEmpty()) {
            scan.pause(input);
            return null;
        }
        var head = (io.netty.handler.codec.http.HttpRequest) decoded.getFirst();
        decoded.clear();
        scan.restart();
        requireSuccess(head.decoderResult());
        return head;
    }

    /** Forgets the body that the last head has announced, because the caller counts its bytes. */
    void skipBody() {
        reset();
    }

    /**
     * Decodes the next part of a body in chunks; the last one is a {@link io.netty.handler.codec.http.LastHttpContent}. Returns
     * null if {@code input} has no further part. The caller releases it.
     *
     * @throws HttpException if the body breaks a rule or a limit
     */
    @Nullable HttpContent content(ByteBuf input) {
        int before = -1;
        while (decoded.isEmpty()) { // what follows a chunk may have been decoded with it
            if (!input.isReadable() || input.readableBytes() == before) {
                return null;
            }
            before = input.readableBytes();
            decodeFrom(input);
        }
        HttpContent content = (HttpContent) decoded.removeFirst();
        requireSuccess(content.decoderResult());
        return content;
    }

    private void decodeFrom(ByteBuf input) {
        try {
            decode(null, input, decoded);
        } catch (Exception e) {
            throw new IllegalStateException("the decoder reports failures by results", e);
        }
    }

    private static void requireSuccess(DecoderResult result) {
        if (result.isFailure()) {
            throw failure(result.cause());
        }
    }

    private static HttpException failure(Throwable cause) {
        return switch (cause) {
            case HttpException known -> known;
            case TooLongHttpLineException tooLong -> lineTooLong();
            case TooLongHttpHeaderException tooLong -> fieldsTooLong();
            default -> new HttpException(400, Objects.requireNonNullElse(cause.getMessage(), "malformed request"));
        };
    }

    private static HttpException lineTooLong() {
        return new HttpException(414, "the request line is too long");
    }

    private static HttpException fieldsTooLong() {
        return new HttpException(431, "the header fields are too long");
    }

    @Override
    protected HttpMessage createMessage(String[] words) {
        String method = words[0];
        String target = words[1];
        if (method.length() + target.length() + words[2].length() + 2 > requestLine) {
            throw lineTooLong();
        }
        if (!FieldSyntax.isToken(method)) {
            throw new HttpException(400, "the method is not a token: " + FieldSyntax.quoted(method));
        }
        if (!FieldSyntax.isVisible(target)) {
            throw new HttpException(400, "the target must be visible ASCII: " + FieldSyntax.quoted(target));
        }
        return new DefaultHttpRequest(version(words[2]), HttpMethod.valueOf(method), target, headersFactory);
    }

    /** Returns the version to answer with: a later version 1.x is answered as 1.1 (RFC 9110, section 2.5). */
    private static io.netty.handler.codec.http.HttpVersion version(String text) {
        if (text.equals("HTTP/1.1")) {
            return io.netty.handler.codec.http.HttpVersion.HTTP_1_1;
        }
        if (text.equals("HTTP/1.0")) {
            return io.netty.handler.codec.http.HttpVersion.HTTP_1_0;
        }
        if (!text.matches("HTTP/[0-9]\\.[0-9]")) {
            throw new HttpException(400, "the version is malformed: " + FieldSyntax.quoted(text));
        }
        if (text.charAt(5) != '1') {
            throw new HttpException(505, "the version must be HTTP/1.1 or HTTP/1.0: " + text);
        }
        return io.netty.handler.codec.http.HttpVersion.HTTP_1_1;
    }

    @Override
    protected String splitFirstWordInitialLine(byte[] line, int start, int length) {
        requireSeparation(start == 0);
        endOfWord = start + length;
        return super.splitFirstWordInitialLine(line, start, length);
    }

    @Override
    protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
        requireOneSpace(line, start);
        endOfWord = start + length;
        return super.splitSecondWordInitialLine(line, start, length);
    }

    @Override
    protected String splitThirdWordInitialLine(byte[] line, int start, int length) {
        requireOneSpace(line, start);
        return super.splitThirdWordInitialLine(line, start, length);
    }

    private void requireOneSpace(byte[] line, int start) {
        requireSeparation(start == endOfWord + 1 && line[endOfWord] == ' ');
    }

    private static void requireSeparation(boolean holds) {
        if (!holds) {
            throw new HttpException(400, "the parts of a request line must be separated by one space");
        }
    }

    /** Looks at each byte of a head once, for what the decoder accepts and we do not. */
    private static final class HeadScan implements ByteProcessor {
        private final int maxFields;
        private final int maxBytes; // of all fields, without the ends of their lines
        private int bytes;
        private int lines; // that are complete
        private boolean inLine;
        private int seen; // of the bytes that the decoder has left unread

        HeadScan(int maxFields, int maxBytes) {
            this.maxFields = maxFields;
            this.maxBytes = maxBytes;
        }

        void advance(ByteBuf input) {
            input.forEachByte(input.readerIndex() + seen, input.readableBytes() - seen, this);
        }

        void pause(ByteBuf input) {
            seen = input.readableBytes();
        }

        void restart() {
            lines = 0;
            bytes = 0;
            inLine = false;
            seen = 0;
        }

        /** Returns whether the head continues. */
        @Override
        public boolean process(byte value) {
            if (value == '\n') {
                return endLine();
            }
            if (value != '\r' && !inLine) {
                inLine = true;
                if (lines > 0 && (value == ' ' || value == '\t')) {
                    throw new HttpException(400, "a header field must not be folded over several lines");
                }
            }
            if (value != '\r' && lines > 0 && ++bytes > maxBytes) {
                throw fieldsTooLong();
            }
            return true;
        }

        private boolean endLine() {
            if (!inLine) {
                return lines == 0; // empty lines may precede a request
            }
            inLine = false;
            lines++;
            if (lines - 1 > maxFields) {
                throw new HttpException(431, "more than " + maxFields + " header fields");
            }
            return true;
        }
    }
}
