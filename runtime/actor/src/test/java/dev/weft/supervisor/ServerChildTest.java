package dev.weft.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.spi.Sneaky;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A server as a child: something with a start, a join, a stop with a grace, and a close. */
class ServerChildTest extends SupervisorFixture {
    @SuppressWarnings("NullAway.Init") // by the start of the child
    private FakeServer server;

    private final class FakeServer implements AutoCloseable {
        private final CompletableFuture<String> end = new CompletableFuture<>();
        private final Duration stopTime;

        FakeServer(Duration stopTime) {
            this.stopTime = stopTime;
            happened.add("listening");
        }

        void join() {
            Weft.await(end);
        }

        void stop(Duration grace) {
            happened.add("stop within " + grace);
            Weft.sleep(stopTime);
            end.complete("stopped");
            happened.add("stopped");
        }

        @Override
        public void close() {
            end.complete("closed");
            happened.add("closed");
        }
    }

    private ChildSpec spec(Duration stopTime) {
        return ChildSpec.server("server", () -> server = new FakeServer(stopTime), FakeServer::join, FakeServer::stop)
                .grace(SECOND);
    }

    @Test
    void itIsStoppedWithItsGraceAndClosed() {
        Supervisor top = start(Supervisor.oneForOne().child(spec(Duration.ZERO)));
        stop(top);
        happened.assertHappened("listening", "stop within PT1S", "stopped", "closed");
    }

    @Test
    void ifItTakesTooLongItIsClosed() {
        Supervisor top = start(Supervisor.oneForOne().child(spec(MINUTE)));
        Greenlet<?> stopping = begin(() -> {
            top.close();
            return null;
        });
        stepped.advance(SECOND);
        happened.assertHappened("listening", "stop within PT1S", "closed");
        assertTrue(stopping.state().isDone());
    }

    @Test
    void oneThatFailsIsClosedAndRestarted() {
        start(Supervisor.oneForOne().intensity(1, SECOND).child(spec(Duration.ZERO)));
        server.end.completeExceptionally(new Broken("accept failed"));
        stepped.runUntilIdle();
        happened.assertHappened("listening", "stop within PT1S", "stopped", "closed", "listening");
    }

    @Test
    void oneThatCannotListenFailsTheStart() {
        ChildSpec spec = ChildSpec.<FakeServer>server(
                "server",
                () -> {
                    throw Sneaky.rethrow(new Broken("port in use"));
                },
                FakeServer::join,
                FakeServer::stop);
        Greenlet<Supervisor> starting =
                begin(() -> Supervisor.oneForOne().child(spec).start("top"));
        assertTrue(starting.state().isDone());
        assertEquals(Greenlet.State.FAILED, starting.state());
        assertEquals(ChildStartFailed.class, uncaught.remove(0).getClass());
        assertEquals(List.of(), reports);
    }
}
