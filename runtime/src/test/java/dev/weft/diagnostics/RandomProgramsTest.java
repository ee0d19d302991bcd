package dev.weft.diagnostics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.loop.RunLoop;
import dev.weft.sync.Channel;
import dev.weft.sync.Event;
import dev.weft.sync.Limiter;
import dev.weft.sync.Select;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random programs that come to their end get no verdict on the way, however often and wherever they are looked at. They take
 * tokens and locks in one order, send to receivers that receive until all have sent, wait for events that are set, join, and open
 * scopes; some creators leave before those they have spawned. Each look is one of the watchdog's.
 */
class RandomProgramsTest {
    private static final Duration STEP = Duration.ofMillis(3);
    private static final int MOST_TURNS = 3_000;

    @Test
    @Timeout(120)
    void tenThousandThatGoOnGetNoVerdict() {
        run(0, 10_000);
    }

    @Test
    @Tag("long")
    @Timeout(10_000)
    void aMillionThatGoOnGetNoVerdict() {
        run(10_000, 1_000_000);
    }

    private static void run(long first, long last) {
        for (long seed = first; seed < last; seed += 100) {
            try (SteppedLoop stepped = SteppedLoop.shuffled(seed)) {
                for (long each = seed; each < seed + 100; each++) {
                    run(stepped, each);
                }
            }
        }
    }

    private static void run(SteppedLoop stepped, long seed) {
        RunLoop loop = (RunLoop) stepped.loop();
        Program program = new Program(new SplittableRandom(seed));
        stepped.spawn(() -> program.start());
        VerdictWatch watch = loop.watch().verdicts();
        int turns = 0;
        do {
            stepped.turn();
            stepped.clock().advance(STEP); // time passes between turns, as it does on a real loop
            watch.look();
            assertEquals(List.of(), watch.standing(), () -> "seed " + seed);
            turns++;
            assertTrue(turns < MOST_TURNS, () -> "seed " + seed + " does not end: " + loop.greenlets());
        } while (!loop.greenlets().isEmpty());
    }

    /** What the greenlets of one program share. */
    private static final class Program {
        private final SplittableRandom random;
        private final List<Limiter> limiters = new ArrayList<>();
        private final List<ReentrantLock> locks = new ArrayList<>();

        Program(SplittableRandom random) {
            this.random = random;
        }

        void start() {
            for (int i = 0; i < 2; i++) {
                limiters.add(new Limiter(1 + random.nextInt(2)));
                locks.add(new ReentrantLock());
            }
            for (int i = 1 + random.nextInt(4); i > 0; i--) {
                Weft.spawn(() -> work(2));
            }
        }

        private void work(int depth) throws InterruptedException {
            for (int i = random.nextInt(4); i > 0; i--) {
                switch (random.nextInt(depth == 0 ? 4 : 9)) {
                    case 0 -> Weft.sleep(Duration.ofMillis(random.nextInt(20)));
                    case 1 -> Weft.yieldNow();
                    case 2 -> withTokens(0);
                    case 3 -> withLocks(0);
                    case 4 -> Weft.spawn(() -> work(depth - 1)).join();
                    case 5 ->
                        Weft.scope(scope -> {
                            scope.spawn(() -> work(depth - 1));
                            scope.spawn(() -> work(depth - 1));
                        });
                    case 6 -> pipeline(depth);
                    case 7 -> pingPong();
                    default -> signal(depth);
                }
            }
        }

        /** Takes tokens in one order. */
        private void withTokens(int next) {
            if (next == limiters.size() || random.nextInt(3) == 0) {
                Weft.sleep(Duration.ofMillis(random.nextInt(10)));
                return;
            }
            try (Limiter.Lease lease = limiters.get(next).acquire()) {
                assertEquals(Greenlet.current(), lease.borrower());
                withTokens(next + 1);
            }
        }

        private void withLocks(int next) throws InterruptedException {
            if (next == locks.size() || random.nextInt(3) == 0) {
                Weft.sleep(Duration.ofMillis(random.nextInt(10)));
                return;
            }
            locks.get(next).lockInterruptibly();
            try {
                withLocks(next + 1);
            } finally {
                locks.get(next).unlock();
            }
        }

        private Channel<Integer> channel() {
            int capacity = random.nextInt(3);
            return capacity == 2 ? Channel.unbounded() : Channel.buffered(capacity);
        }

        /** A producer, which may come late, a stage in between, and a consumer. */
        private void pipeline(int depth) {
            Channel<Integer> raw = channel();
            Channel<Integer> cooked = channel();
            int count = random.nextInt(5);
            Weft.spawn(() -> {
                for (int item : raw) {
                    work(0);
                    cooked.send(item);
                }
                cooked.close();
            });
            Greenlet<?> consumer = Weft.spawn(() -> {
                int seen = 0;
                while (cooked.receiveOrEnd().isPresent()) {
                    seen++;
                }
                assertEquals(count, seen);
            });
            Weft.spawn(() -> {
                work(depth - 1);
                for (int i = 0; i < count; i++) {
                    raw.send(i);
                }
                Weft.spawn(
                        () -> { // somebody else closes it, some time later
                            work(0);
                            raw.close();
                        });
            });
            if (random.nextBoolean()) {
                consumer.join();
            }
        }

        /** Two that wait for each other in turn, and one that comes to help when both seem to be stuck. */
        private void pingPong() {
            int rounds = 1 + random.nextInt(3);
            Channel<Integer> one = Channel.buffered(rounds + 2);
            Channel<Integer> two = Channel.buffered(rounds + 2);
            Weft.spawn(() -> {
                for (int i = 0; i < rounds; i++) {
                    one.send(i);
                    two.receive();
                }
                two.receive(); // nobody has sent this so far
            });
            Weft.spawn(() -> {
                for (int i = 0; i < rounds; i++) {
                    one.receive();
                    two.send(i);
                }
                one.receive();
            });
            int pause = random.nextInt(100);
            Weft.spawn(() -> {
                Weft.sleep(Duration.ofMillis(pause));
                one.send(-1);
                two.send(-1);
            });
        }

        private void signal(int depth) {
            Event ready = new Event();
            Channel<Integer> other = Channel.rendezvous();
            Weft.spawn(() -> {
                work(depth - 1);
                ready.set();
            });
            Weft.select(Select.on(ready), Select.on(other.receiving()));
        }
    }
}
