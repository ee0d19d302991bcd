package dev.weft.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.http.RawClient.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StaticFilesTest extends HttpFixture {
    private static final String TEXT = "0123456789";
    private static final String MODIFIED = "Wed, 05 Feb 2025 04:05:06 GMT";

    @TempDir
    private Path directory;

    private Path root;
    private HttpServer server;

    @BeforeEach
    void writeFiles() throws IOException {
        root = Files.createDirectories(directory.resolve("root"));
        write("digits.txt", TEXT);
        write("empty.bin", "");
        write("index.html", "<p>home");
        write("sub/index.html", "<p>sub");
        write("sub/a b.js", "1");
        write(".git/config", "secret");
        write(".well-known/security.txt", "contact");
        Files.createDirectories(root.resolve("none"));
        Files.writeString(directory.resolve("secret.txt"), "secret");
        Files.writeString(Files.createDirectories(directory.resolve("root2")).resolve("secret.txt"), "secret");
        Files.createSymbolicLink(root.resolve("inside"), root.resolve("digits.txt"));
        Files.createSymbolicLink(root.resolve("outside"), directory.resolve("secret.txt"));
        Files.createSymbolicLink(root.resolve("outside2"), directory.resolve("root2"));
        server = serve(StaticFiles.of(root));
    }

    private void write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2025-02-05T04:05:06.789Z")));
    }

    private Response get(String path, String... fields) throws IOException {
        return ask("GET", path, fields);
    }

    private Response ask(String method, String path, String... fields) throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            String more = fields.length == 0 ? "" : String.join("|", fields) + "|";
            return client.sendLines(method + " " + path + " HTTP/1.1|Host: a|" + more + "|")
                    .receive(method);
        }
    }

    @Test
    void aFileIsSentWithItsTypeAndValidators() throws IOException {
        Response response = get("/digits.txt");
        assertEquals(200, response.status());
        assertEquals(TEXT, response.body());
        assertEquals("text/plain; charset=utf-8", response.field("Content-Type"));
        assertEquals("nosniff", response.field("X-Content-Type-Options"));
        assertEquals("10", response.field("Content-Length"));
        assertEquals("bytes", response.field("Accept-Ranges"));
        assertEquals(MODIFIED, response.field("Last-Modified"));
        assertTrue(response.field("ETag").matches("\"[0-9a-f-]+\""), response.field("ETag"));
    }

    @ParameterizedTest
    @CsvSource({
        "/, <p>home, text/html; charset=utf-8",
        "/sub/, <p>sub, text/html; charset=utf-8",
        "/sub/a%20b.js, 1, text/javascript; charset=utf-8",
        "/inside, 0123456789, text/plain; charset=utf-8",
        "/.well-known/security.txt, contact, text/plain; charset=utf-8",
        "/empty.bin, '', application/octet-stream"
    })
    void namesLeadToFiles(String path, String body, String type) throws IOException {
        Response response = get(path);
        assertEquals(200, response.status());
        assertEquals(body, response.body());
        assertEquals(type, response.field("Content-Type"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/missing.txt",
                "/none/",
                "/outside",
                "/outside2/secret.txt",
                "/.git/config",
                "/sub/..%2f..%2fsecret.txt",
                "/..%5csecret.txt",
                "/%2e%2e%2fsecret.txt",
                "/%2e%2e/secret.txt",
                "/../secret.txt",
                "/sub/../../secret.txt",
                "/../root2/secret.txt",
                "/digits.txt%00.html",
                "/digits.txt/",
                "/digits.txt/x",
                "/%2fetc%2fpasswd",
                "//etc/passwd"
            })
    void nothingElseIsServed(String path) throws IOException {
        Response response = get(path);
        assertTrue(response.status() == 404 || response.status() == 400, response.toString());
        assertTrue(!response.body().contains("secret\n"), response.body());
    }

    @Test
    void aDirectoryIsRedirectedToItsSlash() throws IOException {
        Response response = get("/sub");
        assertEquals(308, response.status());
        assertEquals("./sub/", response.field("Location"));
        assertEquals("./sub/", get("//sub").field("Location")); // never to another host
    }

    @Test
    void aPathVariableMayNameTheFile() throws IOException {
        server = serve(Router.builder()
                .get("/assets/{path...}", StaticFiles.of(root, "path"))
                .build());
        assertEquals(TEXT, get("/assets/digits.txt").body());
        assertEquals("<p>home", get("/assets/").body());
        assertEquals("./sub/", get("/assets/sub").field("Location"));
        assertEquals(404, get("/assets/.git/config").status());
    }

    @Test
    void headSendsNoBody() throws IOException {
        Response response = ask("HEAD", "/digits.txt", "Range: bytes=1-2");
        assertEquals(200, response.status());
        assertEquals("10", response.field("Content-Length"));
    }

    @Test
    void otherMethodsAreRefused() throws IOException {
        Response response = ask("DELETE", "/digits.txt");
        assertEquals(405, response.status());
        assertEquals("GET, HEAD", response.field("Allow"));
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 206, 0, bytes 0-0/10",
        "bytes=2-4, 206, 234, bytes 2-4/10",
        "BYTES=2-4, 206, 234, bytes 2-4/10",
        "bytes=7-, 206, 789, bytes 7-9/10",
        "bytes=7-99, 206, 789, bytes 7-9/10",
        "bytes=-3, 206, 789, bytes 7-9/10",
        "bytes=-99, 206, 0123456789, bytes 0-9/10",
        "bytes=10-, 416, '', bytes */10",
        "bytes=999999999999999999-, 416, '', bytes */10",
        "bytes=-0, 416, '', bytes */10",
        "'bytes=0-1,4-5', 200, 0123456789, ''",
        "bytes=4-2, 200, 0123456789, ''",
        "bytes=-, 200, 0123456789, ''",
        "bytes=a-b, 200, 0123456789, ''",
        "bytes=99999999999999999999-, 200, 0123456789, ''",
        "lines=1-2, 200, 0123456789, ''"
    })
    void rangesFollowRfc9110(String range, int status, String body, String contentRange) throws IOException {
        Response response = get("/digits.txt", "Range: " + range);
        assertEquals(status, response.status());
        assertEquals(body, response.body());
        assertEquals(contentRange, response.field("Content-Range"));
    }

    @Test
    void aRangeOfAnEmptyFileCannotBeSatisfied() throws IOException {
        assertEquals(416, get("/empty.bin", "Range: bytes=0-").status());
    }

    @Test
    void ifRangeSendsAllOfAFileThatHasChanged() throws IOException {
        String etag = get("/digits.txt").field("ETag");
        assertEquals(
                "234",
                get("/digits.txt", "Range: bytes=2-4", "If-Range: " + etag).body());
        assertEquals(
                "234",
                get("/digits.txt", "Range: bytes=2-4", "If-Range: " + MODIFIED).body());
        assertEquals(
                TEXT,
                get("/digits.txt", "Range: bytes=2-4", "If-Range: \"old\"").body());
        assertEquals(
                TEXT,
                get("/digits.txt", "Range: bytes=2-4", "If-Range: W/" + etag).body());
        assertEquals(
                TEXT,
                get("/digits.txt", "Range: bytes=2-4", "If-Range: Wed, 05 Feb 2025 04:05:07 GMT")
                        .body());
    }

    /** A bar stands for the entity tag of the file. */
    @ParameterizedTest
    @CsvSource({
        "304, If-None-Match: |",
        "304, If-None-Match: W/|",
        "304, 'If-None-Match: \"a\", |'",
        "304, If-None-Match: *",
        "200, If-None-Match: \"a\"",
        "304, 'If-Modified-Since: Wed, 05 Feb 2025 04:05:06 GMT'",
        "304, 'If-Modified-Since: Wednesday, 05-Feb-25 04:05:06 GMT'",
        "304, If-Modified-Since: Wed Feb  5 04:05:06 2025",
        "200, 'If-Modified-Since: Wed, 05 Feb 2025 04:05:05 GMT'",
        "200, If-Modified-Since: yesterday",
        "200, If-Match: |",
        "200, If-Match: *",
        "412, If-Match: W/|",
        "412, If-Match: \"a\"",
        "412, 'If-Unmodified-Since: Wed, 05 Feb 2025 04:05:05 GMT'",
        "200, 'If-Unmodified-Since: Wed, 05 Feb 2025 04:05:06 GMT'"
    })
    void preconditionsFollowRfc9110(int status, String field) throws IOException {
        String etag = get("/digits.txt").field("ETag");
        Response response = get("/digits.txt", field.replace("|", etag));
        assertEquals(status, response.status());
        assertEquals(etag, response.field("ETag"));
        assertEquals(status == 200 ? TEXT : "", response.body());
    }

    @Test
    void anEntityTagGoesBeforeADate() throws IOException {
        assertEquals(
                200,
                get("/digits.txt", "If-None-Match: \"a\"", "If-Modified-Since: " + MODIFIED)
                        .status());
    }

    @Test
    void aLongFileIsSentAsTheClientTakesIt() throws IOException {
        byte[] bytes = new byte[5_000_000]; // more than the sockets hold
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8));
        }
        Files.write(root.resolve("long.bin"), bytes);
        try (RawClient slow = new RawClient(server.port())) {
            slow.get("/long.bin");
            assertEquals(TEXT, get("/digits.txt").body()); // meanwhile
            assertEquals(
                    new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1),
                    slow.receive().body());
        }
    }

    @Test
    void aClientThatLeavesInTheMiddleLeavesNothingOpen() throws IOException {
        Files.write(root.resolve("long.bin"), new byte[20_000_000]);
        try (RawClient client = new RawClient(server.port())) {
            client.get("/long.bin").line();
            client.reset();
        }
        await(() -> server.statistics().inFlight() == 0);
        assertEquals(0, openFilesBelow(root));
    }

    private static long openFilesBelow(Path directory) throws IOException {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return 0;
        }
        try (var entries = Files.list(descriptors)) {
            return entries.filter(entry -> {
                        try {
                            return Files.readSymbolicLink(entry).startsWith(directory);
                        } catch (IOException e) {
                            return false; // closed meanwhile
                        }
                    })
                    .count();
        }
    }
}
