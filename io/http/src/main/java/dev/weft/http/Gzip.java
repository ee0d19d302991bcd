package dev.weft.http;

import dev.weft.Weft;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A filter that compresses the bodies of responses with gzip for clients that {@linkplain AcceptEncoding prefer} it (RFC 9110,
 * section 12.5.3). Any thread.
 *
 * <pre>{@code Router.builder().filter(Gzip.filter())}</pre>
 *
 * <p>Compressed are text, JSON, XML, JavaScript, SVG and WebAssembly, by {@code Content-Type}, from 1 KiB on or if the length is
 * unknown; not what has a {@code Content-Encoding}, is a part of a range, or must not be transformed ({@code Cache-Control:
 * no-transform}). The body is compressed as it is written, and {@code flush} sends all that was written, so events can be
 * compressed too. A compressed response has a weak {@code ETag}. All that could have been compressed have {@code Vary}.
 *
 * <p>Compression runs on the loop, and lets other greenlets run after every 32 KiB. Do not put secrets into a
 * compressed body that also has text of an attacker's choice (BREACH).
 */
public final class Gzip implements HttpFilter {
    private static final int LEAST = 1 << 10;
    private static final Set<String> TYPES = Set.of(
            "application/javascript",
            "application/json",
            "application/manifest+json",
            "application/wasm",
            "application/xml",
            "application/yaml",
            "image/svg+xml");

    private final int least;

    private Gzip(int least) {
        this.least = least;
    }

    /** Returns a filter that compresses bodies from 1 KiB on. */
    public static Gzip filter() {
        return new Gzip(LEAST);
    }

    /** Returns a filter that compresses bodies of at least {@code bytes}, if the length is known. */
    public static Gzip from(int bytes) {
        return new Gzip(bytes);
    }

    @Override
    public void handle(HttpRequest request, HttpResponse response, HttpHandler next) throws Exception {
        Coding coding = new Coding(AcceptEncoding.prefersGzip(request.headers().all("Accept-Encoding")), least);
        response.coding(coding);
        try {
            next.handle(request, response);
            coding.finish();
        } finally {
            coding.release();
        }
    }

    private static boolean isCompressible(HttpHeaders headers) {
        String type = headers.first("Content-Type")
                .orElse("")
                .split(";", 2)[0]
                .strip()
                .toLowerCase(Locale.ROOT);
        return (type.startsWith("text/") || TYPES.contains(type) || type.endsWith("+json") || type.endsWith("+xml"))
                && !headers.contains("Content-Encoding")
                && !headers.contains("Content-Range")
                && !headers.containsToken("Cache-Control", "no-transform");
    }

    /** The coding of one response. */
    private static final class Coding implements ContentCoding {
        private final boolean isPreferred;
        private final int least;
        private @Nullable Compression compression;

        Coding(boolean isPreferred, int least) {
            this.isPreferred = isPreferred;
            this.least = least;
        }

        @Override
        public boolean prepare(HttpResponse response, long length) {
            HttpHeaders headers = response.headers();
            if ((length >= 0 && length < least) || !isCompressible(headers)) {
                return false;
            }
            if (!headers.containsToken("Vary", "Accept-Encoding")) {
                headers.add("Vary", "Accept-Encoding");
            }
            if (isPreferred) {
                headers.set("Content-Encoding", "gzip");
                headers.first("ETag")
                        .filter(tag -> !tag.startsWith("W/"))
                        .ifPresent(strong -> headers.set("ETag", "W/" + strong));
            }
            return isPreferred;
        }

        @Override
        public OutputStream encode(OutputStream body) {
            try {
                Compression created = new Compression(body);
                compression = created;
                return created;
            } catch (IOException e) {
                throw new UncheckedIOException("the header of gzip does not fit into the buffer of the body", e);
            }
        }

        /** Ends the body, if it has not been closed. */
        void finish() throws IOException {
            if (compression != null) {
                compression.close();
            }
        }

        /** Frees the memory of a body that has not been ended. */
        void release() {
            if (compression != null) {
                compression.release();
            }
        }
    }

    /** Compresses in slices, after each of which others may run. */
    private static final class Compression extends FilterOutputStream {
        private static final int SLICE = 32 << 10;

        private final Zip zip;

        Compression(OutputStream body) throws IOException {
            this(new Zip(body));
        }

        private Compression(Zip zip) {
            super(zip);
            this.zip = zip;
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            int end = offset + length;
            int position = offset;
            while (end - position > SLICE) {
                zip.write(source, position, SLICE);
                position += SLICE;
                Weft.yieldNow();
            }
            zip.write(source, position, end - position);
        }

        void release() {
            zip.release();
        }
    }

    private static final class Zip extends GZIPOutputStream {
        private static final int BUFFER_SIZE = 4 << 10;

        Zip(OutputStream body) throws IOException {
            super(body, BUFFER_SIZE, true);
        }

        /** Frees the memory outside of the heap. */
        void release() {
            def.end();
        }
    }
}
