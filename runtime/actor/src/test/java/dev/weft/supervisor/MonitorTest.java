package dev.weft.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.sync.Select;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Monitors, as Erlang's reference manual promises them. */
class MonitorTest extends SupervisorFixture {
    private final CompletableFuture<String> end = new CompletableFuture<>();
    private Greenlet<String> target;

    @BeforeEach
    void spawn() {
        target = begin(() -> Weft.await(end));
    }

    @Test
    void theEndIsToldWithItsReason() {
        Greenlet<Exit> watching = begin(() -> Monitor.of(target).await());
        end.complete("done");
        stepped.runUntilIdle();
        assertSame(target, watching.join().greenlet());
        assertEquals(new Outcome.Returned<>("done"), watching.join().outcome());
    }

    @Test
    void ofOneThatHasEndedItIsToldAtOnce() {
        target.kill();
        stepped.runUntilIdle();
        Exit exit = run(() -> Monitor.of(target).await());
        assertInstanceOf(Outcome.Cancelled.class, exit.outcome());
    }

    @Test
    void itIsUnidirectional() {
        Greenlet<?> watching = begin(() -> Monitor.of(target).await());
        watching.kill();
        stepped.runUntilIdle();
        assertSame(Greenlet.State.WAITING, target.state());
    }

    @Test
    void itDoesNotCountAsObservingAFailure() {
        Greenlet<Exit> watching = begin(() -> Monitor.of(target).await());
        Broken broken = new Broken("target");
        end.completeExceptionally(broken);
        stepped.runUntilIdle();
        assertSame(broken, watching.join().reason().orElseThrow());
        assertSame(broken, uncaught.remove(0));
    }

    @Test
    void monitorsAreIndependent() {
        Greenlet<Boolean> watching = begin(() -> {
            Monitor first = Monitor.of(target);
            Monitor second = Monitor.of(target);
            first.close();
            assertThrows(IllegalStateException.class, first::await);
            return second.await().isNormal();
        });
        end.complete("done");
        stepped.runUntilIdle();
        assertTrue(watching.join());
    }

    @Test
    void itWorksInASelectAgainAndAgain() {
        Greenlet<String> watching = begin(() -> {
            try (Monitor monitor = Monitor.of(target)) {
                String told = "";
                while (told.isEmpty()) {
                    told = Weft.select(Select.on(monitor, exit -> "ended"), Select.after(SECOND, () -> ""));
                    happened.add(told);
                }
                return told;
            }
        });
        stepped.advance(SECOND);
        stepped.advance(SECOND);
        end.complete("done");
        stepped.runUntilIdle();
        assertEquals("ended", watching.join());
        happened.assertHappened("", "", "ended");
    }

    @Test
    void aCloseEndsTheWaitsForIt() {
        Monitor monitor = run(() -> Monitor.of(target));
        Greenlet<?> watching = begin(() -> assertThrows(IllegalStateException.class, monitor::await));
        run(() -> {
            monitor.close();
            return "closed";
        });
        stepped.runUntilIdle();
        assertSame(Greenlet.State.RETURNED, watching.state());
    }

    @Test
    void aWaitCanBeTimed() {
        Greenlet<?> watching = begin(() ->
                assertThrows(DeadlineExceeded.class, () -> Monitor.of(target).await(SECOND)));
        stepped.advance(SECOND);
        assertTrue(watching.state().isDone());
    }
}
