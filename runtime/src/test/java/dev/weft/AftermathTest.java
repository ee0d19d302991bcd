package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** What leaves a cancelled scope after its cancellation was delivered is that cancellation, whatever code has made of it. */
class AftermathTest extends TaskFixture {
    private final Broken cleanUp = new Broken("rollback on a closed connection");

    /** As a driver does: what the wait threw is gone, and what is thrown says nothing of it. */
    private void rollBack() throws Broken {
        try {
            Weft.sleep(HOUR);
        } catch (Cancelled lost) {
            throw cleanUp;
        }
    }

    /** Each of its waits inside the JDK is interrupted anew, as the clock goes on. */
    private void killAndRunToItsEnd(Greenlet<?> greenlet) {
        stepped.runUntilIdle();
        greenlet.kill();
        while (!greenlet.state().isDone()) {
            stepped.turn();
            stepped.clock().advance(Duration.ofMillis(1));
        }
    }

    @Test
    void aDeadlineInATransactionThatIsRolledBackIsADeadline() {
        Greenlet<?> greenlet = stepped.spawn(() -> {
            DeadlineExceeded e = assertThrows(DeadlineExceeded.class, () -> Weft.withTimeout(SECOND, this::rollBack));
            assertSame(cleanUp, e.getCause());
            assertFalse(Weft.moveOnAfter(SECOND, this::rollBack));
        });
        stepped.advance(SECOND.multipliedBy(2));
        greenlet.join();
    }

    @Test
    void aKillInATransactionThatIsRolledBackIsAKill() {
        Greenlet<?> greenlet = stepped.spawn(this::rollBack);
        stepped.runUntilIdle();
        greenlet.kill();
        stepped.runUntilIdle();
        assertSame(Greenlet.State.CANCELLED, greenlet.state());
        Cancelled e = assertThrows(Cancelled.class, greenlet::join);
        assertSame(cleanUp, e.getSuppressed()[0]);
    }

    @Test
    void anInterruptOfWhichCodeMakesAnExceptionOfItsOwnIsTheCancellation() {
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
        Greenlet<?> greenlet = stepped.spawn(() -> {
            try {
                queue.take();
            } catch (InterruptedException lost) {
                throw cleanUp;
            }
        });
        killAndRunToItsEnd(greenlet);
        assertSame(Greenlet.State.CANCELLED, greenlet.state());
    }

    @Test
    void aCleanUpThatIsInterruptedTooIsPartOfTheAftermath() {
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
        Greenlet<?> greenlet = stepped.spawn(() -> {
            try (AutoCloseable pool = queue::take) { // a pool that opens a connection for the one that is broken
                happened.add(pool != null);
                try {
                    queue.take();
                } catch (InterruptedException lost) {
                    throw cleanUp;
                }
            }
        });
        killAndRunToItsEnd(greenlet);
        assertSame(Greenlet.State.CANCELLED, greenlet.state());
        happened.assertHappened(true);
    }

    @Test
    void aFailureThatWasThereBeforeTheInterruptStaysWhatItIs() {
        LinkedBlockingQueue<Integer> queue = new LinkedBlockingQueue<>();
        Greenlet<?> greenlet = stepped.spawn(() -> {
            try (AutoCloseable resource = queue::take) {
                happened.add(resource != null);
                throw cleanUp;
            }
        });
        killAndRunToItsEnd(greenlet);
        assertSame(Greenlet.State.FAILED, greenlet.state());
        happened.assertHappened(true);
        assertSame(cleanUp, assertThrows(Broken.class, greenlet::join));
    }

    @Test
    void anErrorStaysWhatItIs() {
        LinkageError error = new LinkageError("broken for others too");
        Greenlet<?> greenlet = stepped.spawn(() -> assertSame(
                error,
                assertThrows(
                        LinkageError.class,
                        () -> Weft.withTimeout(SECOND, () -> {
                            try {
                                Weft.sleep(HOUR);
                            } catch (Cancelled e) {
                                throw error;
                            }
                        }))));
        stepped.advance(SECOND);
        greenlet.join();
    }

    @Test
    void aFailureThatWasThereBeforeTheCancellationStaysWhatItIs() {
        Greenlet<?> greenlet = stepped.spawn(() -> {
            Broken thrown = assertThrows(
                    Broken.class,
                    () -> Weft.withTimeout(SECOND, () -> {
                        try (AutoCloseable resource = () -> Weft.sleep(HOUR)) { // the time is over in its clean-up
                            happened.add(resource != null);
                            throw cleanUp;
                        }
                    }));
            assertSame(cleanUp, thrown);
            assertEquals(
                    1,
                    Arrays.stream(thrown.getSuppressed())
                            .filter(Cancelled.class::isInstance)
                            .count());
        });
        stepped.advance(SECOND);
        greenlet.join();
        happened.assertHappened(true);
    }

    @Test
    void aFailureOfOneWhoWasNotToldStaysWhatItIs() {
        Greenlet<?> greenlet = stepped.spawn(() -> assertSame(
                cleanUp,
                assertThrows(
                        Broken.class,
                        () -> Weft.withTimeout(Duration.ZERO, () -> {
                            throw cleanUp;
                        }))));
        stepped.runUntilIdle();
        greenlet.join();
    }

    @Test
    void anInnerDeadlineIsNotTakenForAnOuterOnesAftermath() {
        Greenlet<?> greenlet = stepped.spawn(() -> assertThrows(
                DeadlineExceeded.class,
                () -> Weft.withTimeout(SECOND.multipliedBy(3), () -> {
                    assertThrows(DeadlineExceeded.class, () -> Weft.withTimeout(SECOND, this::rollBack));
                    assertThrows(Broken.class, () -> fail("long after"));
                    Weft.await(new CompletableFuture<>());
                })));
        stepped.advance(SECOND.multipliedBy(3));
        greenlet.join();
    }
}
