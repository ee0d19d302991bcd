package dev.weft.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.http.RawClient.Response;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What becomes of connections and requests when the server is stopped or closed. */
final class HttpServerStopTest extends HttpFixture {
    @Test
    void stoppingAnswersWhatIsInFlightAndClosesWhatIsIdle() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        HttpServer server = serve((request, response) -> {
            if (request.path().equals("/slow")) {
                called.countDown();
                mayEnd.await();
            }
            response.send("whole");
        });
        RawClient idle = client(server).get("/");
        idle.receive();
        RawClient fresh = client(server);
        await(() -> server.statistics().connections() == 2);
        RawClient busy = client(server).get("/slow");
        await(called);
        Thread stopper = Thread.ofPlatform().start(() -> assertEquals(0, server.stop(LONG)));
        assertEquals("", idle.rest());
        assertEquals("", fresh.rest());
        mayEnd.countDown();
        Response last = busy.receive();
        assertEquals("whole", last.body());
        assertTrue(last.has("Connection: close"));
        assertEquals("", busy.rest());
        stopper.join();
        assertEquals(0, server.statistics().connections());
    }

    @Test
    void aRequestThatIsOnItsWayWhenTheServerStopsIsAnswered() throws Exception {
        answersLast(connection -> {}); // the loop has not looked at it
    }

    @Test
    void aRequestThatArrivesAsTheServerStopsIsAnswered() throws Exception {
        answersLast(connection -> {
            while (connection.state() == Greenlet.State.WAITING) {
                Weft.yieldNow();
            }
        });
    }

    /** Stops the server when an idle connection has been sent a request, and has been waited for. */
    private void answersLast(Consumer<Greenlet<?>> waiting) throws Exception {
        HttpServer server = serve((request, response) -> {
            Weft.yieldNow(); // an interrupt that is left over would come here
            response.send("served");
        });
        RawClient client = client(server).get("/");
        client.receive();
        onLoop(() -> {
            Greenlet<?> connection = Loop.current().greenlets().stream()
                    .filter(greenlet -> greenlet.name().endsWith("->" + server.port()))
                    .findFirst()
                    .orElseThrow();
            client.get("/");
            waiting.accept(connection);
            return server.stop(LONG);
        });
        Response last = client.receive();
        assertEquals("served", last.body());
        assertTrue(last.has("Connection: close"));
        assertEquals("", client.rest());
    }

    @Test
    void stoppingKillsWhatRemainsAndSaysHowMany() throws Exception {
        CountDownLatch called = new CountDownLatch(3);
        HttpServer server = serve((request, response) -> {
            called.countDown();
            Weft.sleep(HOUR);
        });
        for (int i = 0; i < 3; i++) {
            client(server).get("/");
        }
        await(called);
        assertEquals(3, server.stop(Duration.ofMillis(10)));
        assertEquals(3, server.statistics().cancelled());
    }

    @Test
    void aStoppedServerMayBeStoppedAndClosedAgain() {
        HttpServer server = serve((request, response) -> response.send());
        assertEquals(0, server.stop(LONG));
        assertEquals(0, server.stop(LONG));
        server.close();
    }

    @Test
    void closingKillsAll() throws Exception {
        Endless handler = new Endless();
        HttpServer server = serve(handler);
        RawClient client = client(server).get("/");
        await(handler.called);
        server.close();
        assertEquals(Cancelled.class, handler.ended.get().getClass());
        assertEquals("", client.rest());
    }
}
