package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class PoolAcrossLoopsTest extends AcrossLoopsFixture {
    private static final List<Integer> NUMBERS = PoolFixture.numbers(20);

    /** Runs {@code test} on the other loop, then in a plain thread. */
    private void fromElsewhere(Callable<?> test) throws Exception {
        away.spawn(test).join();
        inThread(test).get();
    }

    @Test
    void itsGreenletsRunAtHomeAndItsResultsComeBack() throws Exception {
        fromElsewhere(() -> {
            Pool pool = new Pool(home, 2);
            Greenlet<Loop> member = pool.spawn(Loop::current);
            assertSame(home, member.join());
            assertEquals(PoolAcrossLoopsTest.class.getName(), outermost(member.spawnSite()));
            IOException failure = new IOException("broken");
            Callable<Object> failing = () -> {
                throw failure;
            };
            assertSame(
                    failure,
                    assertThrows(IOException.class, () -> pool.spawn(failing).join()));
            pool.close();
            assertThrows(IllegalStateException.class, () -> pool.spawn(() -> {}));
            return null;
        });
    }

    private static String outermost(StackTraceElement place) {
        return place.getClassName().replaceFirst("\\$.*", "");
    }

    @Test
    void aSpawnFromElsewhereWaitsForItsTurn() {
        try (SteppedPair pair = new SteppedPair()) {
            Pool pool = new Pool(pair.home().loop(), 1);
            Event end = new Event(pair.home().loop());
            pair.home().spawn(() -> pool.spawn(end::await));
            pair.runUntilIdle();
            Greenlet<?> killed = pair.away().spawn(() -> pool.spawn(() -> "never"));
            Greenlet<Greenlet<String>> spawning = pair.away().spawn(() -> pool.spawn(() -> "done"));
            pair.runUntilIdle();
            killed.kill();
            pair.runUntilIdle();
            assertSame(Greenlet.State.CANCELLED, killed.state());
            assertSame(Greenlet.State.WAITING, spawning.state());
            end.set();
            pair.runUntilIdle();
            assertEquals("done", spawning.join().join());
            assertEquals("pool (0 of 1 places taken)", pool.toString());
        }
    }

    @Test
    void aMemberThatWasSpawnedAsItsSpawnerWasKilledIsReturned() {
        try (SteppedPair pair = new SteppedPair()) {
            Pool pool = new Pool(pair.home().loop(), 1);
            Greenlet<Greenlet<String>> spawning = pair.away().spawn(() -> pool.spawn(() -> "done"));
            pair.away().runUntilIdle();
            pair.home().runUntilIdle(); // the member is spawned, and on its way
            spawning.kill();
            pair.runUntilIdle();
            assertEquals("done", spawning.join().join());
        }
    }

    @Test
    void itemsAreMappedAtHomeAndReadElsewhere() throws Exception {
        fromElsewhere(() -> {
            try (Pool pool = new Pool(home, 3)) {
                List<Integer> squares = NUMBERS.stream().map(n -> n * n).toList();
                assertEquals(squares, pool.map(NUMBERS, PoolAcrossLoopsTest::squareAtHome));
                List<Integer> read = new ArrayList<>();
                try (PoolResults<Integer> results = pool.imap(NUMBERS, PoolAcrossLoopsTest::squareAtHome, 4)) {
                    results.forEach(read::add);
                    assertThrows(java.util.NoSuchElementException.class, results::next);
                }
                assertEquals(squares, read);
                try (PoolResults<Integer> results = pool.mapUnordered(NUMBERS, n -> n, 4)) {
                    results.next(); // the rest is not read
                }
                pool.join();
                pool.join(NEVER);
            }
            return null;
        });
    }

    private static int squareAtHome(int number) {
        assertEquals(0, Integer.parseInt(Loop.current().name().replaceFirst(".*\\D", "")) % 2, "on the first loop");
        Weft.yieldNow();
        return number * number;
    }

    @Test
    void aFailureOfAnItemComesBackAsItIs() throws Exception {
        IOException failure = new IOException("broken");
        Pool.Mapper<Integer, Integer, IOException> failing = number -> {
            throw failure;
        };
        fromElsewhere(() -> {
            try (Pool pool = new Pool(home, 3);
                    PoolResults<Integer> results = pool.imap(NUMBERS, failing, 4)) {
                assertSame(failure, assertThrows(IOException.class, () -> pool.map(NUMBERS, failing)));
                assertSame(failure, assertThrows(IOException.class, results::next));
            }
            return null;
        });
    }

    @Test
    void aCallerThatIsCancelledCancelsItsWork() {
        try (SteppedPair pair = new SteppedPair()) {
            Pool pool = new Pool(pair.home().loop(), 2);
            Greenlet<?> killed = pair.away().spawn(() -> pool.map(NUMBERS, PoolAcrossLoopsTest::forEver));
            pair.runUntilIdle();
            Greenlet<?> timedOut = pair.away()
                    .spawn(() -> assertThrows(DeadlineExceeded.class, () -> Weft.withTimeout(SOON, () -> pool.join())));
            pair.runUntilIdle();
            pair.away().advance(SOON);
            pair.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, timedOut.state());
            assertEquals("pool (2 of 2 places taken)", pool.toString());
            killed.kill();
            pair.runUntilIdle();
            assertSame(Greenlet.State.CANCELLED, killed.state());
            assertEquals(List.of(), pair.home().loop().greenlets());
        }
    }

    private static int forEver(int number) {
        Weft.sleep(Duration.ofDays(1));
        return number;
    }

    @Test
    void killAndCloseFromElsewhereEndItsGreenlets() throws Exception {
        fromElsewhere(() -> {
            Pool pool = new Pool(home, 2);
            Greenlet<?> member = pool.spawn(() -> forEver(1));
            pool.kill();
            assertThrows(Cancelled.class, member::join);
            pool.spawn(() -> forEver(1));
            assertThrows(DeadlineExceeded.class, () -> pool.join(SOON));
            pool.kill();
            pool.close();
            return null;
        });
    }

    @Test
    void theEndOfTheHomeIsReportedToThoseWhoWaitElsewhere() {
        try (SteppedPair pair = new SteppedPair()) {
            Pool pool = new Pool(pair.home().loop(), 1);
            pair.home().spawn(() -> pool.spawn(() -> forEver(1)));
            Greenlet<?> waiting =
                    pair.away().spawn(() -> assertThrows(RejectedExecutionException.class, () -> pool.spawn(() -> {})));
            pair.runUntilIdle();
            pair.home().close();
            pair.away().runUntilIdle();
            assertSame(Greenlet.State.RETURNED, waiting.state());
            pair.away().run(() -> assertThrows(RejectedExecutionException.class, pool::join));
        }
    }
}
