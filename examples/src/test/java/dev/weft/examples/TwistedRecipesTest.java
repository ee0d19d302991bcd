package dev.weft.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.sync.Event;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What Twisted's deferreds and its {@code Cooperator} are for, with what the JDK and Weft have. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(20)
class TwistedRecipesTest {
    private final SteppedLoop stepped = SteppedLoop.open();

    @AfterEach
    void close() {
        stepped.close();
    }

    /** As {@code failure.trap}: handles one kind of failure, and passes on the others as they are. */
    static <X extends Throwable, T> Function<Throwable, CompletionStage<T>> trap(
            Class<X> kind, Function<? super X, ? extends CompletionStage<T>> handler) {
        return failure -> {
            Throwable cause =
                    failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            return kind.isInstance(cause) ? handler.apply(kind.cast(cause)) : CompletableFuture.failedStage(cause);
        };
    }

    private static CompletionStage<String> chain(CompletionStage<String> read, CompletionStage<Integer> standard) {
        return read.thenApply(Integer::parseInt) // addCallback
                .exceptionallyCompose(trap(FileNotFoundException.class, missing -> standard)) // addErrback, with trap
                .thenApply(number -> "port " + number);
    }

    @Test
    void anErrbackTrapsOneKindOfFailureAndTheChainGoesOn() {
        CompletableFuture<String> read = new CompletableFuture<>();
        CompletableFuture<Integer> standard = new CompletableFuture<>();
        CompletionStage<String> chain = chain(read, standard);
        Greenlet<String> waiter = stepped.spawn(() -> Weft.await(chain));
        stepped.runUntilIdle();
        read.completeExceptionally(new FileNotFoundException());
        stepped.runUntilIdle();
        assertFalse(waiter.state().isDone());
        standard.complete(80);
        stepped.runUntilIdle();
        assertEquals("port 80", waiter.join());
    }

    @Test
    void otherFailuresPassTheErrbackAsTheyAre() {
        IOException failure = new IOException();
        CompletionStage<String> chain =
                chain(CompletableFuture.failedStage(failure), CompletableFuture.completedStage(80));
        Throwable thrown = stepped.run(() -> assertThrows(IOException.class, () -> Weft.await(chain)));
        assertSame(failure, thrown);
    }

    /** The whole of a {@code Cooperator}: work in slices, that can be paused, resumed and stopped, and waited for. */
    private static void iterate(Iterator<?> work, Event running, Duration slice) {
        long begin = System.nanoTime();
        while (work.hasNext()) {
            work.next();
            if (System.nanoTime() - begin >= slice.toNanos()) {
                Weft.yieldNow();
                running.await();
                begin = System.nanoTime();
            }
        }
    }

    @Test
    void iteratorsTakeTurnsAndCanBePausedResumedAndStopped() {
        Event running = new Event(stepped.loop());
        running.set();
        int[] done = new int[2];
        Iterator<Integer> pausing = count(100, number -> {
            done[0] = number;
            if (number % 3 == 0) {
                running.clear(); // pause
            }
        });
        Greenlet<?> first = stepped.spawn(() -> iterate(pausing, running, Duration.ZERO));
        Greenlet<?> second = stepped.spawn(() -> iterate(count(5, number -> done[1] = number), running, Duration.ZERO));
        stepped.runUntilIdle();
        assertEquals(3, done[0]);
        assertTrue(done[1] <= 3, "they take turns, and both are paused");
        running.set(); // resume
        stepped.runUntilIdle();
        assertEquals(6, done[0]);
        first.kill(); // stop
        running.set();
        stepped.runUntilIdle();
        assertThrows(Cancelled.class, first::join);
        second.join(); // whenDone
        assertArrayEquals(new int[] {6, 5}, done);
    }

    private static Iterator<Integer> count(int most, IntConsumer work) {
        return IntStream.rangeClosed(1, most).peek(work).iterator();
    }
}
