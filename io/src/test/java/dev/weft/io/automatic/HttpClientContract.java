package dev.weft.io.automatic;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a blocking client must do that was written by others and is used, unmodified, by the greenlets of one loop. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
abstract class HttpClientContract {
    static final int CROWD = 200;

    /** A client, that all greenlets of a test share. */
    interface Client extends AutoCloseable {
        /** The body of the answer, which must be a 200. */
        byte[] get(URI page) throws IOException, InterruptedException;

        /** The body of the answer, which must be a 200, to a body that is sent. */
        byte[] post(URI page, byte[] body) throws IOException, InterruptedException;

        @Override
        void close() throws IOException;
    }

    /**
     * Opens one that trusts {@link Certificate}, allows {@link #CROWD} connections to a server, and waits for an answer no
     * longer than {@code patience}.
     */
    abstract Client open(Loop loop, Duration patience) throws Exception;

    private interface GoodDeed {
        void run(OneLoop one, Site site, RunningServer server, Client client) throws Exception;
    }

    private interface BadDeed {
        void run(OneLoop one, BadServer server, Client client) throws Exception;
    }

    /** Takes seconds on a busy machine, the first time in a JVM. */
    @BeforeAll
    static void makeTheCertificate() {
        Certificate.context();
    }

    private void withServer(GoodDeed deed) throws Exception {
        try (OneLoop one = OneLoop.open(keptThreads())) {
            Site site = new Site(one.loop(), CROWD);
            try (RunningServer server = JdkServer.plain(one.loop(), site);
                    Client client = open(one.loop(), Duration.ofMinutes(1))) {
                deed.run(one, site, server, client);
            }
        }
    }

    private void withBadServer(Duration patience, BadDeed deed) throws Exception {
        try (OneLoop one = OneLoop.open(keptThreads());
                BadServer server = new BadServer();
                Client client = open(one.loop(), patience)) {
            deed.run(one, server, client);
        }
    }

    private void withBadServer(BadDeed deed) throws Exception {
        withBadServer(Duration.ofMinutes(1), deed);
    }

    /** Beginnings of the names of threads that the client keeps for the next one. */
    String[] keptThreads() {
        return new String[0];
    }

    static String text(byte[] body) {
        return new String(body, US_ASCII);
    }

    @Test
    void aCrowdOfRequestsWaitsAtTheSameTime() throws Exception {
        withServer((one, site, server, client) -> {
            List<String> answers = one.all(CROWD, number -> text(client.get(server.page("/together"))));
            assertEquals(Collections.nCopies(CROWD, "together"), answers);
            assertEquals(CROWD, site.mostInside());
        });
    }

    @Test
    void eachGetsItsOwnAnswer() throws Exception {
        withServer((one, site, server, client) -> {
            List<String> answers = one.all(50, number -> {
                StringBuilder all = new StringBuilder();
                for (int i = 0; i < 10; i++) {
                    all.append(text(client.get(server.page("/hello/" + number))))
                            .append(' ');
                }
                return all.toString();
            });
            assertEquals(
                    IntStream.range(0, 50)
                            .mapToObj(number -> ("hello " + number + " ").repeat(10))
                            .toList(),
                    answers);
        });
    }

    @Test
    void bodiesGoBothWays() throws Exception {
        withServer((one, site, server, client) -> one.all(10, number -> {
            byte[] body = new byte[number * 100_000];
            new Random(number).nextBytes(body);
            assertArrayEquals(body, client.post(server.page("/echo"), body));
            return number;
        }));
    }

    @Test
    void tlsYields() throws Exception {
        try (OneLoop one = OneLoop.open(keptThreads())) {
            Site site = new Site(one.loop(), 50);
            try (RunningServer server = JdkServer.tls(one.loop(), site, Certificate.context());
                    Client client = open(one.loop(), Duration.ofMinutes(1))) {
                List<String> answers = one.all(50, number -> text(client.get(server.page("/together"))));
                assertEquals(Collections.nCopies(50, "together"), answers);
                byte[] body = new byte[300_000];
                new Random(1).nextBytes(body);
                assertArrayEquals(body, one.call(() -> client.post(server.page("/echo"), body)));
            }
        }
    }

    @Test
    void itsOwnTimeoutApplies() throws Exception {
        withBadServer(Duration.ofMillis(300), (one, server, client) -> {
            assertEquals("fine", one.call(() -> text(client.get(server.page("/fine")))));
            IOException told =
                    one.call(() -> assertThrows(IOException.class, () -> client.get(server.page("/silent"))));
            assertTrue(told.toString().toLowerCase(java.util.Locale.ROOT).contains("time"), told::toString);
            assertEquals("fine", one.call(() -> text(client.get(server.page("/fine")))));
        });
    }

    @Test
    void aDeadlineAppliesWhereNoByteComes() throws Exception {
        withBadServer((one, server, client) -> assertDeadlineApplies(one, server, client, "/silent"));
    }

    @Test
    void aDeadlineAppliesWhereAByteComesNowAndThen() throws Exception {
        withBadServer((one, server, client) -> assertDeadlineApplies(one, server, client, "/drip"));
    }

    private static void assertDeadlineApplies(OneLoop one, BadServer server, Client client, String path) {
        one.call(() -> {
            Exception told = assertThrows(
                    Exception.class,
                    () -> Weft.withTimeout(Duration.ofMillis(200), () -> client.get(server.page(path))));
            assertInstanceOf(DeadlineExceeded.class, told);
            Weft.sleep(Duration.ofMillis(1)); // the deadline is over and done with
            assertEquals("fine", text(client.get(server.page("/fine"))));
            return path;
        });
    }

    @Test
    void aKillEndsRequestsThatWaitAndOthersAreServed() throws Exception {
        withServer((one, site, server, client) -> {
            List<Greenlet<byte[]>> waiting = one.spawnAll(20, number -> client.get(server.page("/never")));
            assertTrue(site.waiting.tryAcquire(20, 20, TimeUnit.SECONDS));
            waiting.forEach(Greenlet::kill);
            one.outcomes(waiting).forEach(HttpClientContract::assertKilled);
            assertEquals("hello you", one.call(() -> text(client.get(server.page("/hello/you")))));
            site.giveUp();
        });
    }

    @Test
    void afterAKillInMidAnswerTheNextAnswerIsWhole() throws Exception {
        withBadServer((one, server, client) -> {
            assertEquals("fine", one.call(() -> text(client.get(server.page("/fine")))));
            Greenlet<byte[]> half = one.spawn(() -> client.get(server.page("/half")));
            assertTrue(server.hanging.tryAcquire(20, TimeUnit.SECONDS));
            half.kill();
            one.outcomes(List.of(half)).forEach(HttpClientContract::assertKilled);
            assertEquals("fine", one.call(() -> text(client.get(server.page("/fine")))));
            int connections =
                    server.connections(); // two; or three, if the client took the interrupt for a reason to try again
            assertTrue(connections > 1, "the broken one was used again");
            for (int i = 0; i < 5; i++) {
                assertEquals("fine", one.call(() -> text(client.get(server.page("/fine")))));
            }
            assertEquals(connections, server.connections(), "the new one is kept");
        });
    }

    /** It was cancelled, whatever the client has made of that. */
    private static void assertKilled(Outcome<?> outcome) {
        assertInstanceOf(Outcome.Cancelled.class, outcome);
    }

    @Test
    void garbageIsAnIoException() throws Exception {
        assertFails("/garbage");
    }

    @Test
    void aTruncatedBodyIsAnIoException() throws Exception {
        assertFails("/truncated");
    }

    @Test
    void aResetInMidAnswerIsAnIoException() throws Exception {
        assertFails("/reset");
    }

    @Test
    void anEndlessHeaderIsCutOff() throws Exception {
        withBadServer((one, server, client) -> {
            one.call(() -> assertThrows(IOException.class, () -> client.get(server.page("/endless"))));
            assertTrue(server.endlessBytes.get() < 32 << 20, server.endlessBytes::toString);
        });
    }

    private void assertFails(String path) throws Exception {
        withBadServer((one, server, client) -> assertThrowsThere(one, server, client, path));
    }

    /** Ten fail and ten are well, side by side. */
    private static void assertThrowsThere(OneLoop one, BadServer server, Client client, String path) {
        one.all(20, number -> {
            if (number % 2 == 0) {
                assertThrows(IOException.class, () -> client.get(server.page(path)));
            } else {
                assertEquals("fine", text(client.get(server.page("/fine"))));
            }
            return number;
        });
    }
}
