package dev.weft.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Weft;
import dev.weft.http.RawClient.Response;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GzipTest extends HttpFixture {
    private static final String TEXT = "all work and no play ".repeat(500);

    private HttpServer compressing(HttpHandler handler) {
        return serve(Gzip.filter().around(handler));
    }

    private static Response ask(HttpServer server, String method, String... fields) throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            String more = fields.length == 0 ? "" : String.join("|", fields) + "|";
            return client.sendLines(method + " / HTTP/1.1|Host: a|" + more + "|")
                    .receive(method);
        }
    }

    private static String unzipped(String body) throws IOException {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body.getBytes(ISO_8859_1)))) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    @Test
    void textIsCompressedForWhoeverAcceptsIt() throws IOException {
        HttpServer server = compressing((request, response) ->
                response.header("ETag", "\"1\"").header("Vary", "Origin").send(TEXT));
        Response response = ask(server, "GET", "Accept-Encoding: gzip, br");
        assertEquals("gzip", response.field("Content-Encoding"));
        assertEquals("W/\"1\"", response.field("ETag"));
        assertEquals("Origin", response.field("Vary"));
        assertTrue(response.has("Vary: Accept-Encoding"), response.toString());
        assertTrue(response.body().length() < TEXT.length() / 10);
        assertEquals(TEXT, unzipped(response.body()));
    }

    @Test
    void othersGetItAsItIsAndCachesAreTold() throws IOException {
        HttpServer server = compressing(
                (request, response) -> response.header("ETag", "\"1\"").send(TEXT));
        Response response = ask(server, "GET");
        assertEquals("", response.field("Content-Encoding"));
        assertEquals("\"1\"", response.field("ETag"));
        assertEquals("Accept-Encoding", response.field("Vary"));
        assertEquals(TEXT, response.body());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: image/png",
                "Content-Type: application/octet-stream",
                "Content-Encoding: br",
                "Content-Range: bytes 0-10499/99999",
                "Cache-Control: no-transform"
            })
    void whatIsNotToBeCompressedIsNot(String field) throws IOException {
        String[] parts = field.split(": ", 2);
        HttpServer server = compressing((request, response) -> response.header("Content-Type", "text/plain")
                .header(parts[0], parts[1])
                .send(TEXT.getBytes(UTF_8)));
        Response response = ask(server, "GET", "Accept-Encoding: gzip");
        assertEquals(TEXT, response.body());
        assertEquals("", response.field("Vary"));
    }

    @Test
    void aShortBodyIsNotCompressed() throws IOException {
        HttpServer server = compressing((request, response) -> response.send("short"));
        assertEquals("short", ask(server, "GET", "Accept-Encoding: gzip").body());
        HttpServer eager = serve(Gzip.from(1).around((request, response) -> response.send("short")));
        assertEquals(
                "short", unzipped(ask(eager, "GET", "Accept-Encoding: gzip").body()));
    }

    @Test
    void headHasTheFieldsOfGet() throws IOException {
        HttpServer server = compressing((request, response) -> {
            response.header("Content-Type", "text/plain").header("Content-Length", "" + TEXT.length());
            if (request.method().equals("HEAD")) {
                response.send();
            } else {
                response.send(TEXT);
            }
        });
        Response head = ask(server, "HEAD", "Accept-Encoding: gzip");
        assertEquals("gzip", head.field("Content-Encoding"));
        assertEquals("", head.field("Content-Length"));
        assertEquals("" + TEXT.length(), ask(server, "HEAD").field("Content-Length"));
    }

    @Test
    void statusesWithoutABodyHaveNone() throws IOException {
        HttpServer server = compressing((request, response) ->
                response.status(304).header("Content-Type", "text/plain").send());
        Response response = ask(server, "GET", "Accept-Encoding: gzip");
        assertEquals(304, response.status());
        assertEquals("", response.field("Content-Encoding"));
    }

    @Test
    void aFlushSendsWhatWasWritten() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        HttpServer server = compressing((request, response) -> {
            OutputStream out = response.header("Content-Type", "text/plain").stream();
            out.write("first".getBytes(UTF_8));
            out.flush();
            seen.await();
            out.write(" second".getBytes(UTF_8));
        });
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            client.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n".getBytes(UTF_8));
            DataInputStream in = new DataInputStream(client.getInputStream());
            while (!line(in).isEmpty()) {}
            byte[] chunk = in.readNBytes(Integer.parseInt(line(in), 16));
            try (Inflater inflater = new Inflater(true)) {
                inflater.setInput(chunk, 10, chunk.length - 10); // after the header
                byte[] text = new byte[100];
                assertEquals("first", new String(text, 0, inflater.inflate(text), UTF_8));
            }
            seen.countDown();
        }
    }

    @SuppressWarnings("deprecation") // the bytes of a head are characters
    private static String line(DataInputStream in) throws IOException {
        return in.readLine();
    }

    @Test
    void aFileIsCompressedButItsRangesAreNot(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("index.html"), TEXT);
        HttpServer server = compressing(StaticFiles.of(directory));
        Response response = ask(server, "GET", "Accept-Encoding: gzip");
        assertEquals(TEXT, unzipped(response.body()));
        String etag = response.field("ETag");
        assertEquals(
                304,
                ask(server, "GET", "Accept-Encoding: gzip", "If-None-Match: " + etag)
                        .status());
        Response range = ask(server, "GET", "Accept-Encoding: gzip", "Range: bytes=0-7");
        assertEquals("all work", range.body());
        assertEquals("", range.field("Content-Encoding"));
    }

    @Test
    void aHandlerThatFailsIsAnsweredWithoutCompression() throws IOException {
        HttpServer server = compressing((request, response) -> {
            response.header("Content-Type", "text/plain").stream().write(1);
            throw new HttpException(409, "no");
        });
        Response response = ask(server, "GET", "Accept-Encoding: gzip");
        assertEquals(409, response.status());
        assertEquals("no\n", response.body());
    }

    @Test
    void aLongBodyLetsOthersRun() throws Exception {
        byte[] noise = new byte[1 << 20];
        int[] turns = {0};
        HttpServer server = compressing((request, response) -> {
            boolean[] done = {false};
            var other = Weft.spawn(() -> {
                while (!done[0]) {
                    turns[0]++;
                    Weft.yieldNow();
                }
            });
            response.header("Content-Type", "text/plain");
            try (OutputStream out = response.stream()) {
                out.write(noise);
                done[0] = true;
            }
            other.join();
        });
        Response response = ask(server, "GET", "Accept-Encoding: gzip");
        assertEquals(noise.length, unzipped(response.body()).length());
        await(() -> server.statistics().inFlight() == 0);
        assertTrue(turns[0] >= 20, turns[0] + " turns");
    }

    @ParameterizedTest
    @CsvSource({
        "gzip, true",
        "x-gzip, true",
        "GZIP, true",
        "'deflate, gzip;q=1.0, *;q=0.5', true",
        "*, true",
        "'br;q=1, *;q=0.1', true",
        "gzip;q=0, false",
        "'gzip;q=0, *', false",
        "'gzip;q=0.000', false",
        "identity, false",
        "'identity;q=0.5, gzip;q=0.4', false",
        "'identity;q=0.5, gzip;q=0.5', true",
        "'identity;q=0, gzip;q=0.1', true",
        "gzip;q=2, false",
        "gzip;q=x, false",
        "gzip; Q=0.5, true",
        "br, false",
        "'', false"
    })
    void theWeightsOfRfc9110AreFollowed(String field, boolean prefersGzip) {
        assertEquals(prefersGzip, AcceptEncoding.prefersGzip(List.of(field)));
        assertEquals(prefersGzip, AcceptEncoding.prefersGzip(List.of(field.split(",", -1))));
    }
}
