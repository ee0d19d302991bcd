package dev.weft.scheduler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TimersTest {
    private static final long MILLI = 1_000_000;
    private static final int ALL = Integer.MAX_VALUE;

    private final List<String> fired = new ArrayList<>();

    private final class Named extends Timer {
        private final String name;

        Named(Object name) {
            this.name = name.toString();
        }

        @Override
        protected void fire() {
            fired.add(name);
        }
    }

    @Test
    void timersFireInTheOrderOfTheirDeadlinesAndNeverEarly() {
        Timers timers = new Timers(0, TimersTest::unexpected);
        timers.set(new Named("c"), 30 * MILLI);
        timers.set(new Named("a"), 10 * MILLI);
        timers.set(new Named("b"), 20 * MILLI);
        assertEquals(0, timers.fire(10 * MILLI - 1, ALL));
        assertEquals(1, timers.fire(10 * MILLI, ALL));
        assertEquals(2, timers.fire(10_000 * MILLI, ALL));
        assertEquals(List.of("a", "b", "c"), fired);
        assertEquals(0, timers.size());
    }

    @Test
    void timersOfOneMillisecondFireInTheOrderOfSetting() {
        Timers timers = new Timers(0, TimersTest::unexpected);
        for (int i = 0; i < 5; i++) {
            timers.set(new Named(i), 5 * MILLI - i);
        }
        timers.fire(5 * MILLI, ALL);
        assertEquals(List.of("0", "1", "2", "3", "4"), fired);
    }

    @Test
    void aDeadlineThatIsPastFiresAtTheNextOccasion() {
        Timers timers = new Timers(1_000 * MILLI, TimersTest::unexpected);
        Timer negative = new Named("negative");
        timers.set(negative, -5 * MILLI);
        assertTrue(negative.isSet());
        assertEquals(1, timers.fire(1_000 * MILLI, ALL));
        timers.set(new Named("later"), 9_000 * MILLI);
        timers.fire(9_000 * MILLI, ALL);
        timers.set(new Named("past"), 3_000 * MILLI);
        timers.fire(9_000 * MILLI, ALL);
        assertEquals(List.of("negative", "later", "past"), fired);
    }

    @Test
    void aSlotThatWasEmptiedBeforeItsTimeIsNotUsedAgainAfterIt() {
        Timers timers = new Timers(0, TimersTest::unexpected);
        Timer kept = new Named("kept");
        timers.set(kept, 100 * MILLI);
        timers.cancel(kept);
        timers.set(new Named("far"), 5_000 * MILLI);
        timers.fire(5_000 * MILLI, ALL);
        timers.set(kept, 100 * MILLI);
        assertEquals(1, timers.fire(5_000 * MILLI, ALL));
        assertEquals(List.of("far", "kept"), fired);
    }

    @Test
    void aCancelledTimerDoesNotFireAndCanBeSetAgain() {
        Timers timers = new Timers(0, TimersTest::unexpected);
        Timer timer = new Named("timer");
        timers.set(timer, 5 * MILLI);
        timers.cancel(timer);
        timers.cancel(timer);
        assertFalse(timer.isSet());
        assertEquals(Timers.NEVER, timers.nextDeadline());
        assertEquals(0, timers.fire(9 * MILLI, ALL));
        timers.set(timer, 12 * MILLI);
        assertEquals(1, timers.fire(12 * MILLI, ALL));
    }

    @Test
    void theLimitCutsABurstAndTheRestFollows() {
        Timers timers = new Timers(0, TimersTest::unexpected);
        for (int i = 0; i < 10; i++) {
            timers.set(new Named(i), MILLI);
        }
        assertEquals(4, timers.fire(2 * MILLI, 4));
        assertTrue(timers.nextDeadline() <= 2 * MILLI);
        assertEquals(6, timers.fire(2 * MILLI, ALL));
        assertEquals("[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]", fired.toString());
    }

    @Test
    void aTimerSetWhileFiringComesInItsTurn() {
        Timers timers = new Timers(0, TimersTest::unexpected);
        timers.set(
                new Timer() {
                    @Override
                    protected void fire() {
                        fired.add("first");
                        timers.set(new Named("same time"), 5 * MILLI);
                        timers.set(new Named("later"), 6 * MILLI);
                    }
                },
                5 * MILLI);
        while (timers.fire(5 * MILLI, ALL) > 0) {}
        assertEquals(List.of("first", "same time"), fired);
        timers.fire(6 * MILLI, ALL);
        assertEquals(List.of("first", "same time", "later"), fired);
    }

    @Test
    void aMillionTimersOfOneInstantAreSetFiredAndForgotten() {
        Timers timers = new Timers(0, TimersTest::unexpected);
        int[] count = {0};
        for (int i = 0; i < 1_000_000; i++) {
            timers.set(
                    new Timer() {
                        @Override
                        protected void fire() {
                            count[0]++;
                        }
                    },
                    77 * MILLI);
        }
        assertEquals(77 * MILLI, timers.nextDeadline());
        timers.fire(77 * MILLI, ALL);
        assertEquals(1_000_000, count[0]);
        assertEquals(Timers.NEVER, timers.nextDeadline());
    }

    @Test
    void aMillionTimersOfManyInstantsAreSetAndCancelled() {
        Timers timers = new Timers(0, TimersTest::unexpected);
        List<Timer> all = new ArrayList<>();
        for (int i = 0; i < 1_000_000; i++) {
            Timer timer = new Named("never");
            timers.set(timer, i % 50_000 * MILLI);
            all.add(timer);
        }
        all.forEach(timers::cancel);
        assertEquals(0, timers.size());
        assertEquals(0, timers.fire(100_000 * MILLI, ALL));
    }

    /** Deadlines as far as a long reaches, on clocks that began below zero, at it and above: they fire last, or never. */
    @Test
    void aDeadlineAtTheEndOfTimeIsFarAwayAndNotPast() {
        for (long origin : new long[] {Long.MIN_VALUE / 2, -77, 0, 77, Long.MAX_VALUE / 2}) {
            Timers timers = new Timers(origin, TimersTest::unexpected);
            fired.clear();
            Timer last = new Named("last");
            timers.set(last, Long.MAX_VALUE - 1);
            assertTrue(timers.nextDeadline() > origin + MILLI, () -> "due at " + timers.nextDeadline());
            assertEquals(0, timers.fire(origin + 3_000 * MILLI, ALL));
            timers.set(new Named("first"), origin + 3_001 * MILLI);
            timers.fire(origin + 3_001 * MILLI, ALL);
            assertEquals(List.of("first"), fired);
            timers.cancel(last);
            assertEquals(0, timers.size());
        }
    }

    @Test
    void aMillionTimersWhoseTimeIsPastFireAtTheNextOccasion() {
        Timers timers = new Timers(5 * MILLI, TimersTest::unexpected);
        for (int i = 0; i < 1_000_000; i++) {
            timers.set(new Named("past"), i % 3 == 0 ? 0 : i % 3 == 1 ? -i * MILLI : Long.MIN_VALUE / 4);
        }
        assertEquals(5 * MILLI, timers.nextDeadline());
        assertEquals(1_000_000, timers.fire(5 * MILLI, ALL));
        assertEquals(0, timers.size());
    }

    @Test
    void aMillionTimersThatNeverComeAreCancelledOneByOne() {
        Timers timers = new Timers(0, TimersTest::unexpected);
        List<Timer> all = new ArrayList<>();
        for (int i = 0; i < 1_000_000; i++) {
            Timer timer = new Named("never");
            timers.set(timer, Long.MAX_VALUE - 1 - i * MILLI);
            all.add(timer);
            timers.cancel(all.get(i / 2));
        }
        all.forEach(timers::cancel);
        assertEquals(0, timers.size());
        assertEquals(Timers.NEVER, timers.nextDeadline());
    }

    /** Against a sorted map: same timers, same order by millisecond, and the bound is never late. */
    @Test
    void itAgreesWithASortedMapUnderRandomUse() {
        for (long seed = 0; seed < 200; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Timers timers = new Timers(0, TimersTest::unexpected);
            TreeMap<Long, Integer> model = new TreeMap<>();
            List<Timer> set = new ArrayList<>();
            List<Long> deadlines = new ArrayList<>();
            long now = 0;
            for (int step = 0; step < 300; step++) {
                int choice = random.nextInt(10);
                if (choice < 5) {
                    long deadline = now + random.nextLong(choice < 2 ? 10 : 5_000) * MILLI;
                    Timer timer = new Named(deadline);
                    timers.set(timer, deadline);
                    set.add(timer);
                    deadlines.add(deadline);
                    model.merge(deadline, 1, Integer::sum);
                } else if (choice < 7 && !set.isEmpty()) {
                    int which = random.nextInt(set.size());
                    Timer timer = set.remove(which);
                    long deadline = deadlines.remove(which);
                    if (timer.isSet()) {
                        timers.cancel(timer);
                        model.computeIfPresent(deadline, (key, count) -> count == 1 ? null : count - 1);
                    }
                } else {
                    long bound = timers.nextDeadline();
                    long least = model.isEmpty() ? Timers.NEVER : model.firstKey();
                    assertTrue(bound <= least, () -> "a bound that is late");
                    now += random.nextLong(3_000) * MILLI;
                    List<String> expected = new ArrayList<>();
                    model.headMap(now, true).forEach((deadline, count) -> {
                        for (int i = 0; i < count; i++) {
                            expected.add(deadline.toString());
                        }
                    });
                    model.headMap(now, true).clear();
                    fired.clear();
                    timers.fire(now, ALL);
                    assertEquals(expected, fired, "seed " + seed);
                }
                int left = model.values().stream().mapToInt(Integer::intValue).sum();
                assertEquals(left, timers.size());
            }
        }
    }

    private static void unexpected(Throwable failure) {
        throw new AssertionError(failure);
    }
}
