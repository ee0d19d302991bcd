package dev.weft.io.automatic;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Loop;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a blocking server must do that was written by others and runs its requests, unmodified, in greenlets of one loop. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
abstract class HttpServerContract {
    private static final int CONNECTIONS = 1000;
    private static final int ECHOES = 5;

    /** Opens a server of {@code site} for the test; called by a plain thread. */
    abstract RunningServer start(Loop loop, Site site) throws Exception;

    interface Deed {
        void run(OneLoop one, Site site, RunningServer server) throws Exception;
    }

    void withServer(Deed deed) throws Exception {
        try (OneLoop one = OneLoop.open()) {
            Site site = new Site(one.loop(), CONNECTIONS);
            try (RunningServer server = start(one.loop(), site)) {
                deed.run(one, site, server);
            }
        }
    }

    @Test
    void aThousandConnectionsAreServedAtOnceAndEveryAnswerIsRight() throws Exception {
        withServer((one, site, server) -> {
            String output = HttpLoad.run(server.port(), CONNECTIONS, ECHOES);
            assertEquals((2 + ECHOES) * CONNECTIONS + " right", output);
            assertEquals(CONNECTIONS, site.mostInside());
        });
    }

    @Test
    void aClientThatResetsEndsItsOwnRequestAlone() throws Exception {
        withServer((one, site, server) -> {
            try (Socket bystander = client(server)) {
                try (Socket resetting = client(server)) {
                    send(resetting, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nthe beginning");
                    one.untilWaiting(1);
                    resetting.setSoLinger(true, 0);
                }
                assertServes(bystander);
            }
            one.until("all requests have ended", () -> isAtRest(one));
        });
    }

    @Test
    void garbageIsTurnedAwayAndOthersAreServed() throws Exception {
        withServer((one, site, server) -> {
            try (Socket bystander = client(server);
                    Socket babbling = client(server)) {
                send(babbling, "\u0001\u0002 what is\u0003this\r\n\r\n");
                babbling.shutdownOutput();
                String answer = new String(babbling.getInputStream().readAllBytes(), US_ASCII);
                assertTrue(answer.isEmpty() || answer.startsWith("HTTP/1.1 4"), answer);
                assertServes(bystander);
            }
        });
    }

    @Test
    void closingTheLoopEndsRequestsThatWait() throws Exception {
        withServer((one, site, server) -> {
            try (Socket client = client(server)) {
                send(client, "GET /never HTTP/1.1\r\nHost: x\r\n\r\n");
                assertTrue(site.waiting.tryAcquire(20, TimeUnit.SECONDS));
                one.loop().group().close();
                assertTrue(site.broken.tryAcquire(20, TimeUnit.SECONDS));
            }
        });
    }

    /** Whether nobody is left but who accepts, if that is a greenlet. */
    private static boolean isAtRest(OneLoop one) {
        return one.loop().greenlets().stream()
                .allMatch(greenlet -> greenlet.name().equals("acceptor"));
    }

    static void assertServes(Socket client) throws IOException {
        send(client, "GET /hello/you HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        String answer = new String(client.getInputStream().readAllBytes(), US_ASCII);
        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        assertTrue(answer.endsWith("hello you"), answer);
    }

    static Socket client(RunningServer server) throws IOException {
        Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port());
        client.setSoTimeout(20_000);
        return client;
    }

    static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(US_ASCII));
    }
}
