package dev.weft.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Mutated requests, from seeds. Whatever comes, the connection ends with an I/O failure at most, each answer is whole, the
 * requests that are answered are those that were sent, and nothing is left.
 */
final class FuzzTest extends HttpFixture {
    private static final HttpLimits LIMITS = HttpLimits.builder()
            .requestLine(300)
            .headers(20, 1000)
            .body(2000)
            .unread(500)
            .bodyRate(1, Duration.ofHours(1))
            .build();

    private static final List<byte[]> CORPUS = bytesOf(ProtocolTest.all());
    private static final List<byte[]> CORRECT =
            bytesOf(ProtocolTest.all().filter(row -> row.after() == ProtocolTest.After.OPEN));

    private static final List<String> FRAGMENTS = List.of(
            "\r\n",
            "\n",
            "\r",
            "\r\n\r\n",
            "\0",
            " ",
            "\t",
            ":",
            ",",
            ";",
            "\"",
            "%",
            "%2e%2e",
            "/../",
            "\u00ff",
            "Content-Length: 5\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Expect: 100-continue\r\n",
            "Connection: close\r\n",
            "HTTP/1.1",
            "HTTP/1.0",
            "0\r\n\r\n",
            "5\r\nabcde\r\n",
            "ffffffff\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "Host: a\r\n",
            "X: " + "y".repeat(400));

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 ([1-5][0-9]{2}) [^\r\n]*\r\n");
    private static final Pattern LENGTH = Pattern.compile("\r\nContent-Length: ([0-9]+)\r\n");

    @Test
    void mutatedRequestsHarmNobody() {
        group.spawn(() -> feed(20_000, 1)).join();
    }

    @Test
    @Tag("long")
    @Timeout(1800)
    void aMillionMutatedRequestsHarmNobody() {
        group.spawn(() -> feed(1_000_000, 2)).join();
    }

    private static void feed(int inputs, long firstSeed) throws Exception {
        ServerLoop loop = new ServerLoop(
                Loop.current(),
                new ServerSettings(FuzzTest::handle, LIMITS, null, false, null, null, null, null),
                "fuzz-");
        for (int i = 0; i < inputs; i++) {
            long seed = firstSeed * 10_000_000 + i;
            byte[] input = mutated(new Random(seed));
            try {
                feed(loop, input, new Random(seed));
            } catch (Throwable t) {
                throw new AssertionError("seed " + seed + ": " + FieldSyntax.quoted(new String(input, ISO_8859_1)), t);
            }
        }
        loop.close();
        assertEquals(0, loop.statistics().inFlight());
        assertEquals(0, loop.statistics().failed());
        assertTrue(loop.statistics().requests() > inputs / 4, loop.statistics()::toString);
        assertTrue(loop.statistics().rejected() > inputs / 4, loop.statistics()::toString);
        while (!Loop.current().greenlets().stream().allMatch(greenlet -> greenlet == Greenlet.current())) {
            Weft.yieldNow();
        }
    }

    private static void feed(ServerLoop loop, byte[] input, Random random) throws Exception {
        MemoryStream stream = new MemoryStream(input, random);
        try {
            new Http1Connection(stream, loop).serve();
        } catch (IOException e) {
            // The client has left in the middle.
        } finally {
            stream.close();
        }
        requireWholeAnswers(stream.output.toString(ISO_8859_1));
    }

    /** The handler answers with a length, so the output must divide into answers without a rest. */
    private static void requireWholeAnswers(String output) {
        int position = 0;
        while (position < output.length()) {
            Matcher status = STATUS.matcher(output).region(position, output.length());
            assertTrue(status.lookingAt(), output);
            int end = output.indexOf("\r\n\r\n", position) + 4;
            assertTrue(end > 3, output);
            Matcher length = LENGTH.matcher(output).region(position, end);
            boolean isInterim = status.group(1).equals("100");
            assertTrue(isInterim || length.find(), output);
            position = end + (isInterim ? 0 : Integer.parseInt(length.group(1)));
            assertTrue(position <= output.length(), output);
        }
    }

    private static void handle(HttpRequest request, HttpResponse response) throws IOException {
        if (request.path().length() % 3 != 0) {
            byte[] body = request.body().bytes(1500);
            response.headers()
                    .set("X-Trailers", String.valueOf(request.trailers().size()));
            response.send(request.method().equals("HEAD") ? new byte[0] : body);
        } else if (request.path().length() % 2 == 0) {
            request.body().read(ByteBuffer.allocate(3));
        }
    }

    /** Returns a request of the corpus, or two, with some bytes changed. */
    private static byte[] mutated(Random random) {
        byte[] input = pick(random);
        if (random.nextInt(4) == 0) {
            input = joined(input, pick(random));
        }
        for (int changes = random.nextInt(6); changes > 0 && input.length > 0; changes--) {
            input = changed(input, random);
        }
        return input;
    }

    private static byte[] changed(byte[] input, Random random) {
        int at = random.nextInt(input.length);
        switch (random.nextInt(5)) {
            case 0 -> input[at] = (byte) random.nextInt(256);
            case 1 -> input[at] ^= (byte) (1 << random.nextInt(8));
            case 2 -> input = spliced(input, at, Math.min(input.length, at + 1 + random.nextInt(8)), new byte[0]);
            case 3 ->
                input = spliced(
                        input,
                        at,
                        at,
                        FRAGMENTS.get(random.nextInt(FRAGMENTS.size())).getBytes(ISO_8859_1));
            default -> {
                int end = Math.min(input.length, at + 1 + random.nextInt(30));
                input = spliced(input, at, at, Arrays.copyOfRange(input, at, end));
            }
        }
        return input;
    }

    private static byte[] pick(Random random) {
        List<byte[]> from = random.nextBoolean() ? CORPUS : CORRECT;
        return from.get(random.nextInt(from.size())).clone();
    }

    private static List<byte[]> bytesOf(Stream<ProtocolTest.Case> rows) {
        return rows.map(row -> row.sent().replace("|", "\r\n").getBytes(ISO_8859_1))
                .toList();
    }

    private static byte[] joined(byte[] first, byte[] second) {
        return spliced(first, first.length, first.length, second);
    }

    /** Replaces the bytes from {@code start} to {@code end} by {@code middle}. */
    private static byte[] spliced(byte[] bytes, int start, int end, byte[] middle) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(bytes, 0, start);
        all.writeBytes(middle);
        all.write(bytes, end, bytes.length - end);
        return all.toByteArray();
    }

    /** The same on real connections, some of which the client resets. */
    @Test
    void mutatedRequestsLeaveNoConnection() throws Exception {
        HttpServer server = serve(HttpServer.builder().limits(LIMITS), FuzzTest::handle);
        for (int i = 0; i < 1000; i++) {
            Random random = new Random(i);
            RawClient client = new RawClient(server.port());
            try (client) {
                client.send(mutated(random));
                switch (random.nextInt(3)) {
                    case 0 -> client.reset();
                    case 1 -> {
                        client.shutdownOutput();
                        client.rest();
                    }
                    default -> {}
                }
            } catch (IOException e) {
                // The server has closed first.
            }
        }
        await(() -> server.statistics().connections() == 0);
        assertEquals("", client(server).get("/").receive().body());
    }
}
