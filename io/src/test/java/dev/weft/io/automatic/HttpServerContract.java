package dev.weft.io.automatic;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a blocking server must do that was written by others and runs its requests, unmodified, in greenlets of one loop. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
abstract class HttpServerContract {
    private static final int CONNECTIONS = 1000;
    private static final int ECHOES = 5;

    private final LoopGroup group = LoopGroup.open();
    private final Loop loop = group.next();
    private final Site site = new Site(loop, CONNECTIONS);
    private RunningServer server = new NoServer();

    /** Starts the server; called by a plain thread. */
    abstract RunningServer start(Loop loop, Site site) throws Exception;

    private static final class NoServer implements RunningServer {
        @Override
        public int port() {
            throw new IllegalStateException("not started");
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void start() throws Exception {
        server = start(loop, site);
    }

    @AfterEach
    void stop() {
        server.close();
        group.close(Duration.ofSeconds(10));
    }

    @Test
    void aThousandConnectionsAreServedAtOnceAndEveryAnswerIsRight() throws Exception {
        String output = HttpLoad.run(server.port(), CONNECTIONS, ECHOES);
        assertEquals((2 + ECHOES) * CONNECTIONS + " right", output);
        assertEquals(CONNECTIONS, site.mostInside());
        assertTrue(
                loop.statistics().longestSlice().toMillis() < 2_000,
                () -> loop.statistics().toString());
    }

    @Test
    void aClientThatResetsEndsItsOwnRequestAlone() throws Exception {
        try (Socket bystander = client()) {
            try (Socket resetting = client()) {
                send(resetting, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nonly the beginning");
                resetting.setSoLinger(true, 0);
            }
            assertServes(bystander);
        }
        stop();
        assertEquals(0, loop.greenlets().size());
    }

    @Test
    void garbageIsTurnedAwayAndOthersAreServed() throws Exception {
        try (Socket bystander = client();
                Socket babbling = client()) {
            send(babbling, "\u0001\u0002 what is\u0003this\r\n\r\n");
            String answer = new String(babbling.getInputStream().readAllBytes(), US_ASCII);
            assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 4"), answer);
            assertServes(bystander);
        }
    }

    @Test
    void anEndlessHeaderIsCutOffAndOthersAreServed() throws Exception {
        try (Socket bystander = client();
                Socket endless = client()) {
            endless.getOutputStream().write("GET /hello/x HTTP/1.1\r\n".getBytes(US_ASCII));
            long sent = 0;
            try {
                byte[] line = ("X-Again: " + "again ".repeat(200) + "\r\n").getBytes(US_ASCII);
                while (sent < 64 << 20) {
                    endless.getOutputStream().write(line);
                    sent += line.length;
                }
            } catch (IOException e) {
                assertTrue(sent < 32 << 20, "cut off only after " + sent);
            }
            assertTrue(sent < 64 << 20, "never cut off");
            assertServes(bystander);
        }
    }

    @Test
    void closingTheLoopEndsRequestsThatWait() throws Exception {
        try (Socket client = client()) {
            send(client, "GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
            assertTrue(site.waiting.tryAcquire(20, TimeUnit.SECONDS));
            group.close(Duration.ofSeconds(10));
            assertTrue(site.broken.tryAcquire(20, TimeUnit.SECONDS));
            assertEquals(0, loop.greenlets().size());
        }
    }

    private static void assertServes(Socket client) throws IOException {
        send(client, "GET /hello/you HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        String answer = new String(client.getInputStream().readAllBytes(), US_ASCII);
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        assertTrue(answer.endsWith("hello you"), answer);
    }

    private Socket client() throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port());
        client.setSoTimeout(20_000);
        return client;
    }

    private static void send(Socket client, String text) throws IOException {
        OutputStream out = client.getOutputStream();
        out.write(text.getBytes(US_ASCII));
        out.flush();
    }
}
