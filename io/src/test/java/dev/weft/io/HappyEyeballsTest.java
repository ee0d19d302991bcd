package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The race of addresses for a connection, by the clock of a stepped loop. */
@Timeout(30)
@ExtendWith(NoGreenletLeaks.class)
final class HappyEyeballsTest {
    private final Recorder recorder = new Recorder();
    private int open;
    private int round;

    private final class Connection implements Closeable {
        final String name;

        Connection(String name) {
            this.name = name;
            open++;
        }

        @Override
        public void close() {
            open--;
            recorder.add(name + " closed");
        }
    }

    /** What an attempt comes to when its time has passed. */
    private enum End {
        CONNECTED,
        REFUSED,
        BUG
    }

    private final class Contestant implements HappyEyeballs.Candidate<Connection> {
        private final String name;
        private final int millis;
        private final End end;

        Contestant(String name, int millis, End end) {
            this.name = name;
            this.millis = millis;
            this.end = end;
        }

        @Override
        public Connection connect() throws IOException {
            record("begins");
            try {
                Weft.sleep(Duration.ofMillis(millis));
            } catch (Cancelled e) {
                record("cancelled");
                throw e;
            }
            if (end == End.REFUSED) {
                throw new IOException(name + " refused");
            }
            if (end == End.BUG) {
                throw new IllegalArgumentException(name);
            }
            record("connects");
            return new Connection(name);
        }

        private void record(String event) {
            recorder.add(name + " " + event + " at " + now());
        }

        @Override
        public String toString() {
            return "connection to " + name;
        }
    }

    private Contestant connects(String name, int millis) {
        return new Contestant(name, millis, End.CONNECTED);
    }

    private Contestant refused(String name, int millis) {
        return new Contestant(name, millis, End.REFUSED);
    }

    private SteppedLoop stepped = SteppedLoop.open((greenlet, failure) -> {}); // they are joined later

    private long now() {
        return stepped.clock().nanos() / 1_000_000;
    }

    private Greenlet<Connection> race(Contestant... contestants) {
        return stepped.spawn(() -> HappyEyeballs.race(List.of(contestants)));
    }

    private void close() {
        stepped.close();
    }

    @Test
    void whoAnswersIn250MillisecondsIsTheOnlyOneAsked() {
        Greenlet<Connection> race = race(connects("a", 249), connects("b", 0));
        stepped.advance(Duration.ofSeconds(1));
        recorder.assertHappened("a begins at 0", "a connects at 249");
        assertEquals("a", race.join().name);
        close();
    }

    @Test
    void theNextBeginsAfter250Milliseconds() {
        Greenlet<Connection> race = race(connects("a", 5000), connects("b", 5000), connects("c", 100));
        stepped.advance(Duration.ofSeconds(10));
        recorder.assertHappened(
                "a begins at 0",
                "b begins at 250",
                "c begins at 500",
                "c connects at 600",
                "a cancelled at 600",
                "b cancelled at 600");
        assertEquals("c", race.join().name);
        assertEquals(1, open);
        close();
    }

    @Test
    void theNextBeginsAtOnceWhenOneFails() {
        Greenlet<Connection> race = race(refused("a", 10), refused("b", 20), connects("c", 30));
        stepped.advance(Duration.ofSeconds(1));
        recorder.assertHappened("a begins at 0", "b begins at 10", "c begins at 30", "c connects at 60");
        assertEquals("c", race.join().name);
        close();
    }

    @Test
    void theFirstMayStillWin() {
        Greenlet<Connection> race = race(connects("a", 300), connects("b", 300));
        stepped.advance(Duration.ofSeconds(1));
        recorder.assertHappened("a begins at 0", "b begins at 250", "a connects at 300", "b cancelled at 300");
        assertEquals("a", race.join().name);
        close();
    }

    @Test
    void ofTwoInOneTurnOneIsClosed() {
        Greenlet<Connection> race = race(connects("a", 300), connects("b", 50));
        stepped.advance(Duration.ofSeconds(1));
        assertTrue(race.state().isDone());
        assertEquals(1, open);
        close();
    }

    @Test
    void ifAllFailTheFirstFailureCarriesTheOthers() {
        Greenlet<Connection> race = race(refused("a", 400), refused("b", 10), refused("c", 0));
        stepped.advance(Duration.ofSeconds(1));
        Throwable failure =
                assertInstanceOf(Outcome.Failed.class, race.outcome()).failure();
        assertEquals("java.io.IOException: b refused", failure.toString());
        assertEquals(
                List.of("java.io.IOException: c refused", "java.io.IOException: a refused"),
                Stream.of(failure.getSuppressed())
                        .filter(IOException.class::isInstance)
                        .map(Throwable::toString)
                        .toList());
        assertThrows(IOException.class, () -> race.join(IOException.class));
        close();
    }

    @Test
    void anUnexpectedFailureEndsTheRace() {
        Greenlet<Connection> race =
                race(connects("a", 5000), new Contestant("b", 10, End.BUG), connects("never asked", 0));
        stepped.advance(Duration.ofSeconds(1));
        recorder.assertHappened("a begins at 0", "b begins at 250", "a cancelled at 260");
        assertThrows(IllegalArgumentException.class, race::join);
        assertEquals(0, open);
        close();
    }

    @Test
    void aKillEndsAllAttempts() {
        Greenlet<Connection> race = race(connects("a", 5000), connects("b", 5000), connects("never asked", 0));
        stepped.advance(Duration.ofMillis(300));
        assertEquals(
                List.of("connection to a", "connection to b"),
                stepped.loop().greenlets().stream()
                        .filter(greenlet -> greenlet != race)
                        .map(Greenlet::name)
                        .toList());
        race.kill();
        stepped.runUntilIdle();
        recorder.assertHappened("a begins at 0", "b begins at 250", "a cancelled at 300", "b cancelled at 300");
        assertThrows(Cancelled.class, race::join);
        assertEquals(0, open);
        close();
    }

    @Test
    void theDeadlineIsOneForAll() {
        Greenlet<Connection> race = stepped.spawn(() -> Connector.within(
                Duration.ofMillis(400),
                "example",
                () -> HappyEyeballs.race(List.of(connects("a", 300 + 400), connects("b", 300)))));
        stepped.advance(Duration.ofSeconds(1));
        recorder.assertHappened("a begins at 0", "b begins at 250", "a cancelled at 400", "b cancelled at 400");
        DeadlineExceeded exceeded = assertThrows(DeadlineExceeded.class, race::join);
        assertEquals(Duration.ofMillis(400), exceeded.timeout());
        assertTrue(exceeded.toString().contains("connection to example"), exceeded::toString);
        close();
    }

    @Test
    void anOnlyAddressNeedsNoGreenlet() throws Exception {
        stepped.run(() -> {
            Greenlet<?> caller = Greenlet.current();
            HappyEyeballs.Candidate<Connection> attempt = () -> {
                assertSame(caller, Greenlet.current());
                return new Connection("only");
            };
            assertEquals("only", HappyEyeballs.race(List.of(attempt)).name);
            return Loop.current().name();
        });
        close();
    }

    /** Whatever happens in whatever order: as many connections stay open as have been handed out. */
    @Test
    void noOrderOfEventsLeavesAConnectionOpen() {
        close();
        SteppedLoop.underSeeds(300, shuffled -> {
            stepped = shuffled;
            open = 0;
            SplittableRandom random = new SplittableRandom(round++);
            List<Contestant> attempts = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                attempts.add(new Contestant(
                        "attempt " + i, random.nextInt(4) * 50, random.nextInt(3) == 0 ? End.REFUSED : End.CONNECTED));
            }
            Greenlet<Connection> race = shuffled.spawn(() -> HappyEyeballs.race(attempts));
            if (random.nextBoolean()) {
                shuffled.spawn(() -> {
                    Weft.sleep(Duration.ofMillis(random.nextInt(8) * 50L));
                    race.kill();
                });
            }
            Greenlet<?> hearing = shuffled.spawn(() -> {
                try {
                    race.join();
                } catch (Exception e) {
                    // One of the ends.
                }
            });
            shuffled.advance(Duration.ofSeconds(2));
            assertTrue(hearing.state().isDone());
            assertEquals(race.outcome() instanceof Outcome.Returned ? 1 : 0, open, race::toString);
        });
    }

    @Test
    void familiesAreInterleavedBeginningWithTheFirst() {
        assertEquals(
                addresses("1.1.1.1", "::1", "2.2.2.2", "::2", "3.3.3.3"),
                interleaved("1.1.1.1", "2.2.2.2", "3.3.3.3", "::1", "::2"));
        assertEquals(addresses("::1", "1.1.1.1", "::2", "::3"), interleaved("::1", "::2", "::3", "1.1.1.1"));
        assertEquals(addresses("1.1.1.1", "2.2.2.2"), interleaved("1.1.1.1", "2.2.2.2"));
        assertEquals(addresses("::1"), interleaved("::1"));
    }

    private static List<InetAddress> interleaved(String... texts) {
        return HappyEyeballs.interleaved(addresses(texts));
    }

    private static List<InetAddress> addresses(String... texts) {
        return Stream.of(texts).map(InetAddress::ofLiteral).toList();
    }
}
