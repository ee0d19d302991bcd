package dev.weft.sight;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.ThreadMXBean;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.sync.Channel;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class ConsoleTest extends ConsoleFixture {
    private static final Duration HOUR = Duration.ofHours(1);

    @ParameterizedTest
    @CsvSource({
        "'', text/html",
        "main.js, text/javascript",
        "console.css, text/css",
        "icon.svg, image/svg+xml",
        "lib/d3.js, text/javascript",
        "lib/uplot.js, text/javascript",
        "lib/uplot.css, text/css",
    })
    void thePageAndItsLibrariesAreServed(String path, String type) throws Exception {
        HttpResponse<String> response = get(path);
        assertEquals(200, response.statusCode());
        assertEquals(type, header(response, "Content-Type").split(";", -1)[0]);
        assertFalse(response.body().isEmpty());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nothing.js",
                "../Console.class",
                "Answers.class",
                "lib/../main.js",
                "%2e%2e/package-info.class",
                "lib/"
            })
    void nothingElseOfTheClassPathIsServed(String path) throws Exception {
        assertEquals(
                404,
                status(
                        "GET " + console.uri().getRawPath() + path,
                        "Host: " + console.uri().getAuthority()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/events", "/greenlets", "/00000000000000000000000000000000/", "/token/main.js"})
    void nothingIsServedWithoutTheToken(String path) throws Exception {
        HttpResponse<String> response = get(path);
        assertEquals(403, response.statusCode());
        assertEquals("This address has no valid token. Use the one that Console.uri() returned.", response.body());
    }

    @Test
    void tokensAreRandomAndNotInTheText() {
        try (Console other = Console.open(group)) {
            assertNotEquals(other.uri().getPath(), console.uri().getPath());
            assertTrue(
                    other.uri().getPath().matches("/[0-9a-f]{32}/"), other.uri().getPath());
            assertEquals("Console[127.0.0.1:" + other.uri().getPort() + "]", other.toString());
        }
    }

    /** Sends a request as it is, and returns the status. */
    private int status(String request, String... headers) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), console.uri().getPort())) {
            String text = request + " HTTP/1.1\r\n" + String.join("\r\n", headers)
                    + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(text.getBytes(US_ASCII));
            BufferedReader reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            return Integer.parseInt(reader.readLine().split(" ", -1)[1]);
        }
    }

    private int statusWith(String... headers) throws IOException {
        return status("GET " + console.uri().getRawPath() + "greenlets", headers);
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 200",
        "localhost, 200",
        "[::1], 200",
        "localhost:8443, 200", // a forwarded port
        "evil.example, 403",
        "127.0.0.1.evil.example, 403",
        "localhost.evil.example, 403",
        "localhost:evil, 403",
        "0.0.0.0, 403",
    })
    void itAnswersOnlyAsTheLoopback(String host, int expected) throws Exception {
        assertEquals(expected, statusWith("Host: " + host));
    }

    @Test
    void aRequestHasOneHost() throws Exception {
        assertEquals(403, statusWith("Accept: */*"));
        assertEquals(403, statusWith("Host: localhost", "Host: evil.example"));
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:1234, 200",
        "http://localhost:1235, 403",
        "https://localhost:1234, 403",
        "http://evil.example, 403",
        "null, 403",
    })
    void aPageOfAnotherOriginIsRefused(String origin, int expected) throws Exception {
        assertEquals(expected, statusWith("Host: localhost:1234", "Origin: " + origin));
    }

    @ParameterizedTest
    @CsvSource({
        "same-origin, cors, empty, 200, 200",
        "none, navigate, document, 200, 200",
        "cross-site, navigate, document, 200, 403", // a link to the page, and not to what it asks for
        "cross-site, navigate, iframe, 403, 403",
        "cross-site, no-cors, image, 403, 403",
        "same-site, cors, empty, 403, 403", // another port
    })
    void aBrowserTellsWhoAsks(String site, String mode, String destination, int page, int data) throws Exception {
        String[] headers = {
            "Host: localhost", "Sec-Fetch-Site: " + site, "Sec-Fetch-Mode: " + mode, "Sec-Fetch-Dest: " + destination
        };
        assertEquals(page, status("GET " + console.uri().getRawPath(), headers));
        assertEquals(data, statusWith(headers));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "greenlets", "nothing.js", "/"})
    void everyResponseIsProtected(String path) throws Exception {
        HttpResponse<String> response = get(path);
        String policy = header(response, "Content-Security-Policy");
        assertTrue(policy.startsWith("default-src 'none'; script-src 'self'; style-src 'self';"), policy);
        assertTrue(policy.contains("frame-ancestors 'none'"), policy);
        assertFalse(policy.contains("unsafe"), policy);
        Map<String, String> expected = Map.of(
                "X-Content-Type-Options", "nosniff",
                "X-Frame-Options", "DENY",
                "Referrer-Policy", "no-referrer",
                "Cross-Origin-Resource-Policy", "same-origin",
                "Cache-Control", "no-store");
        expected.forEach((name, value) -> assertEquals(value, header(response, name), name));
        assertEquals("", header(response, "Access-Control-Allow-Origin"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "OPTIONS", "TRACE", "HEAD"})
    void othersThanGetAndPostAreRefused(String method) throws Exception {
        assertEquals(405, status(method + " " + console.uri().getRawPath(), "Host: localhost"));
        assertEquals(405, status(method + " " + console.uri().getRawPath() + "kill?id=1", "Host: localhost"));
    }

    @Test
    void wrongParametersAreNamed() throws Exception {
        HttpResponse<String> response = get("greenlet?id=main");
        assertEquals(400, response.statusCode());
        assertEquals("id must be a number, and is main", response.body());
        assertEquals(400, get("greenlets?limit=many").statusCode());
        assertEquals(400, get("greenlet").statusCode());
        assertEquals(404, get("greenlet?id=1").statusCode());
    }

    @Test
    void overviewsAreStreamed() throws Exception {
        HttpResponse<Stream<String>> response =
                client.send(HttpRequest.newBuilder(at("events")).build(), BodyHandlers.ofLines());
        assertEquals("text/event-stream; charset=utf-8", header(response, "Content-Type"));
        List<JsonNode> overviews = new ArrayList<>();
        try (Stream<String> lines = response.body()) {
            for (String line : (Iterable<String>)
                    lines.filter(each -> each.startsWith("data: {")).limit(2)::iterator) {
                overviews.add(parse(line.substring("data: ".length())));
            }
        }
        assertEquals(2, overviews.size());
        assertTrue(overviews.get(1).get("time").asLong()
                > overviews.get(0).get("time").asLong());
        JsonNode overview = overviews.get(0);
        assertEquals("shop", overview.get("group").asText());
        assertEquals(List.of("shop-0", "shop-1"), overview.get("loops").findValuesAsText("name"));
        assertEquals(ProcessHandle.current().pid(), overview.get("pid").asLong());
        assertFalse(overview.get("mayKill").asBoolean());
    }

    @Test
    void greenletsAreListedAndSearched() throws Exception {
        Greenlet<?> sleeper = group.spawn("sleeper", () -> Weft.sleep(HOUR));
        group.spawn("other", () -> Weft.sleep(HOUR));
        await(() -> sleeper.state() == Greenlet.State.WAITING);
        JsonNode found = json("greenlets?filter=sleep");
        JsonNode only = json("greenlets?filter=name%3Asleeper");
        assertTrue(found.get("matched").asInt() >= 1);
        assertEquals(List.of("sleeper"), only.get("greenlets").findValuesAsText("name"));
        assertEquals(0, json("greenlets?aggregateAbove=1").get("greenlets").size());
        assertTrue(json("greenlets?aggregateAbove=1").get("sites").size() > 0);
    }

    @Test
    void aGreenletIsShownWithItsStackItsSpawnersAndItsGraph() throws Exception {
        Greenlet<Greenlet<?>> outer = group.spawn("outer", () -> {
            Channel<String> orders = Channel.rendezvous();
            Greenlet<?> inner = Weft.spawn("inner", () -> orders.receive());
            Weft.spawn("middle", () -> {
                inner.join();
            });
            Weft.sleep(HOUR);
            return inner;
        });
        await(() -> outer.loop().greenlets().stream()
                        .filter(each -> each.state() == Greenlet.State.WAITING)
                        .count()
                >= 3);
        long id = json("greenlets?filter=name%3Ainner")
                .get("greenlets")
                .get(0)
                .get("id")
                .asLong();
        JsonNode page = json("greenlet?hops=2&id=" + id);
        assertEquals("inner", page.get("greenlet").get("name").asText());
        assertEquals("channel", page.get("greenlet").get("awaits").get("kind").asText());
        assertTrue(page.get("greenlet").get("stack").toString().contains("Channel.receive"), page::toString);
        assertEquals(List.of("outer"), page.get("chain").findValuesAsText("name"));
        assertTrue(page.get("graph").get("nodes").findValuesAsText("name").contains("middle"), page::toString);
        JsonNode resources = json("resources").get("resources");
        assertTrue(resources.findValuesAsText("kind").contains("channel"), resources::toString);
    }

    @Test
    void aGreenletIsNotKilledUnlessThatIsAllowed() throws Exception {
        Greenlet<?> sleeper = group.spawn("sleeper", () -> Weft.sleep(HOUR));
        HttpResponse<String> refused = post("kill?id=" + sleeper.thread().threadId());
        assertEquals(403, refused.statusCode());
        assertEquals("this console may not kill; open it with Console.builder().allowKill()", refused.body());
        assertEquals(403, post("leaks").statusCode());
        assertFalse(sleeper.state().isDone());
    }

    @Test
    void aGreenletIsKilledIfThatIsAllowed() throws Exception {
        use(Console.builder().allowKill());
        Greenlet<?> sleeper = group.spawn("sleeper", () -> Weft.sleep(HOUR));
        long id = sleeper.thread().threadId();
        assertEquals(404, get("kill?id=" + id).statusCode());
        assertEquals(200, post("kill?id=" + id).statusCode());
        await(() -> sleeper.state() == Greenlet.State.CANCELLED);
        assertEquals(404, post("kill?id=" + id).statusCode());
    }

    @Test
    void aLoopThatHangsIsShown() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Greenlet<?> hog = group.spawn("hog", () -> {
            while (end.getCount() > 0) {
                Thread.onSpinWait();
            }
        });
        try {
            await(() -> hog.state() == Greenlet.State.RUNNING);
            assertEquals(
                    "running",
                    json("greenlets?filter=name%3Ahog")
                            .get("greenlets")
                            .get(0)
                            .get("state")
                            .asText());
        } finally {
            end.countDown();
        }
        hog.join();
    }

    @Test
    void slicesAreRecordedWhileSomebodyAsks() throws Exception {
        group.spawn("busy", () -> {
            while (true) {
                long end = System.nanoTime() + 2_000_000;
                while (System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
                Weft.yieldNow();
            }
        });
        JsonNode slices = json("slices?after=0");
        while (slices.size() < 2) { // the recorder reports once a second, one after the other
            slices = json("slices?after=0");
        }
        JsonNode first = slices.get(0);
        assertEquals("busy", first.get("name").asText());
        assertEquals("shop-0", first.get("loop").asText());
        assertTrue(first.get("millis").asDouble() >= 1, first::toString);
        long after = first.get("number").asLong();
        assertTrue(json("slices?after=" + after).get(0).get("number").asLong() > after);
    }

    @Test
    void slicesAreNotRecordedOnceNobodyAsks() throws Exception {
        json("slices?after=0");
        await(() -> threads().stream().noneMatch(name -> name.startsWith("JFR Event Stream")));
    }

    @Test
    void nothingIsComputedWhileNobodyLooks() throws Exception {
        HttpResponse<Stream<String>> response =
                client.send(HttpRequest.newBuilder(at("events")).build(), BodyHandlers.ofLines());
        try (Stream<String> page = response.body()) {
            assertTrue(page.findFirst().isPresent());
        }
        await(() -> ownThreads().noneMatch(ConsoleTest::isStreaming));
        Thread keeper = ownThreads()
                .filter(thread -> thread.getName().equals("shop-console"))
                .findAny()
                .orElseThrow();
        awaitPeriods(keeper, 2);
        long before = allocatedBytes();
        awaitPeriods(keeper, 3);
        assertTrue(
                allocatedBytes() - before < 2_000, "an overview takes far more memory: " + (allocatedBytes() - before));
    }

    private static Stream<Thread> ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("shop-console"));
    }

    private static boolean isStreaming(Thread thread) {
        return Stream.of(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().endsWith("ConsoleServer")
                        && frame.getMethodName().equals("stream"));
    }

    /** Waits until {@code keeper}, which pauses after each of its rounds, has made some more. */
    private static void awaitPeriods(Thread keeper, int count) {
        long end = pauses(keeper) + count;
        await(() -> pauses(keeper) >= end);
    }

    private static long pauses(Thread thread) {
        return ManagementFactory.getThreadMXBean()
                .getThreadInfo(thread.threadId())
                .getWaitedCount();
    }

    private static long allocatedBytes() {
        ThreadMXBean threads = ManagementFactory.getPlatformMXBean(ThreadMXBean.class);
        return ownThreads()
                .mapToLong(thread -> threads.getThreadAllocatedBytes(thread.threadId()))
                .sum();
    }

    @Test
    void streamsEndWhenTheConsoleCloses() throws Exception {
        HttpResponse<Stream<String>> response =
                client.send(HttpRequest.newBuilder(at("events")).build(), BodyHandlers.ofLines());
        console.close();
        try (Stream<String> lines = response.body()) {
            assertTrue(lines.toList().contains("event: closed"));
        }
        assertThrows(ConnectException.class, () -> get(""));
    }

    @Test
    void theConsoleClosesWithItsGroup() {
        group.close();
        await(() -> threads().isEmpty());
        assertThrows(ConnectException.class, () -> get(""));
    }

    @Test
    void itsThreadsAreDaemons() throws Exception {
        get("");
        assertFalse(threads().isEmpty());
        assertTrue(Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> threads().contains(thread.getName()))
                .allMatch(Thread::isDaemon));
    }

    @Test
    void aGreenletMayOpenAndCloseAConsole() throws Exception {
        URI uri = group.spawn(() -> {
                    try (Console own = Console.open(group)) {
                        return own.uri();
                    }
                })
                .join();
        assertNotEquals(console.uri(), uri);
    }

    @Test
    void aPortThatIsTakenOrNoPortIsNamed() {
        int port = console.uri().getPort();
        Console.Builder builder = Console.builder().port(port);
        String message = String.valueOf(assertThrows(UncheckedIOException.class, () -> builder.open(group))
                .getMessage());
        assertTrue(message.startsWith("the console cannot listen on port " + port + " of 127.0.0.1"), message);
        assertThrows(IllegalArgumentException.class, () -> Console.builder().port(65_536));
    }
}
