package dev.weft.http;

import dev.weft.io.file.Files;
import dev.weft.io.file.OpenFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A handler that serves the files of a directory. Any thread.
 *
 * <p>It answers {@code GET} and {@code HEAD}, with {@code ETag} and {@code Last-Modified}, conditional requests, and ranges (RFC
 * 9110, sections 13 and 14). A request for several ranges gets the whole file, which the RFC allows. For a directory it serves its
 * {@code index.html}; it lists nothing. The type follows from the extension, and browsers are told not to guess another. {@code
 * Cache-Control} is left to filters.
 *
 * <p>Nothing outside of the directory is served: not by {@code ..} in any encoding, and not by a symbolic link that leads out of it.
 * Neither are names that begin with a dot, such as {@code .git}, except {@code .well-known} (RFC 8615). Whoever may change the
 * directory while it is served is trusted.
 *
 * <p>Files are opened and read by off-loaded calls, 64 KiB at a time, so a slow disk does not hold up the loop. A slow client holds
 * up only its own request.
 */
public final class StaticFiles implements HttpHandler {
    private static final int CHUNK = 64 << 10;
    private static final String INDEX = "index.html";
    private static final String WELL_KNOWN = ".well-known";

    private final Path directory;
    private final @Nullable String variable;

    private StaticFiles(Path directory, @Nullable String variable) {
        this.directory = directory.toAbsolutePath();
        this.variable = variable;
    }

    /** Serves the file that the path of the request names below {@code directory}. */
    public static StaticFiles of(Path directory) {
        return new StaticFiles(directory, null);
    }

    /**
     * Serves the file that a path variable of the request names below {@code directory}: for the route {@code
     * /assets/{path...}}, the variable is {@code path}.
     */
    public static StaticFiles of(Path directory, String variable) {
        return new StaticFiles(directory, Objects.requireNonNull(variable, "variable"));
    }

    @Override
    public void handle(HttpRequest request, HttpResponse response) throws IOException {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            response.status(405).header("Allow", "GET, HEAD").send("files can only be read");
            return;
        }
        String name = variable == null ? request.path().substring(1) : request.pathVariable(variable);
        Target target = target(name);
        if (target.isDirectory) {
            redirect(name, response);
        } else {
            serve(target, request, response);
        }
    }

    /** An existing file; or a directory, whose files have paths relative to a path with a slash at its end. */
    private record Target(Path path, BasicFileAttributes attributes, boolean isDirectory) {}

    private Target target(String name) throws IOException {
        Path path = directory;
        for (String segment : name.split("/", -1)) {
            path = segment.isEmpty() ? path : path.resolve(requireVisible(segment));
        }
        boolean isIndex = name.isEmpty() || name.endsWith("/");
        Path wanted = isIndex ? path.resolve(INDEX) : path;
        try {
            return Files.call(() -> existing(wanted));
        } catch (FileSystemException e) {
            throw absent();
        }
    }

    private Path requireVisible(String segment) {
        try {
            Path name = directory.getFileSystem().getPath(segment);
            boolean isHidden = segment.startsWith(".") && !segment.equals(WELL_KNOWN);
            if (!isHidden
                    && !name.isAbsolute()
                    && name.getNameCount() == 1
                    && name.toString().equals(segment)) {
                return name;
            }
        } catch (InvalidPathException e) {
            // No file has such a name.
        }
        throw absent();
    }

    /** Blocks. */
    private Target existing(Path wanted) throws IOException {
        Path real = wanted.toRealPath();
        if (!real.startsWith(directory.toRealPath())) {
            throw absent();
        }
        BasicFileAttributes attributes = java.nio.file.Files.readAttributes(real, BasicFileAttributes.class);
        if (!attributes.isRegularFile() && !attributes.isDirectory()) {
            throw absent();
        }
        return new Target(real, attributes, attributes.isDirectory());
    }

    private static HttpException absent() {
        return new HttpException(404, "there is no such file");
    }

    /** Sends the client to the path with a slash at its end, relative to the path without. */
    private static void redirect(String name, HttpResponse response) throws IOException {
        String last = name.substring(name.lastIndexOf('/') + 1);
        response.status(308)
                .header("Location", "./" + PercentEncoding.encode(last) + "/")
                .send();
    }

    private static void serve(Target target, HttpRequest request, HttpResponse response) throws IOException {
        Validators validators = Validators.of(target.attributes);
        response.header("ETag", validators.etag())
                .header("Last-Modified", validators.lastModified())
                .header("Accept-Ranges", "bytes");
        int status = validators.evaluate(request.headers());
        if (status != 200) {
            response.status(status).send();
            return;
        }
        long size = target.attributes.size();
        ByteRange range = range(request, validators, size);
        if (range == ByteRange.UNSATISFIABLE) {
            response.status(416).header("Content-Range", "bytes */" + size).send();
            return;
        }
        response.header("Content-Type", ContentTypes.of(target.path)).header("X-Content-Type-Options", "nosniff");
        if (range != null) {
            response.status(206).header("Content-Range", range.contentRange(size));
        }
        send(target.path, range == null ? new ByteRange(0, size - 1) : range, request, response);
    }

    private static @Nullable ByteRange range(HttpRequest request, Validators validators, long size) {
        String range = request.method().equals("GET") ? request.headers().firstOrNull("Range") : null;
        return range == null || !validators.allowRange(request.headers()) ? null : ByteRange.parse(range, size);
    }

    private static void send(Path file, ByteRange range, HttpRequest request, HttpResponse response)
            throws IOException {
        response.header("Content-Length", Long.toString(range.length()));
        if (request.method().equals("HEAD")) {
            response.send();
            return;
        }
        try (OpenFile open = Files.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
                OutputStream out = response.stream()) {
            ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK, range.length()));
            long position = range.first();
            while (position <= range.last()) {
                chunk.clear().limit((int) Math.min(chunk.capacity(), range.last() + 1 - position));
                if (open.read(chunk, position) <= 0) {
                    throw new EOFException("the file has become shorter while it was sent: " + file);
                }
                out.write(chunk.array(), 0, chunk.position());
                position += chunk.position();
            }
        }
    }

    @Override
    public String toString() {
        return "files of " + directory;
    }
}
