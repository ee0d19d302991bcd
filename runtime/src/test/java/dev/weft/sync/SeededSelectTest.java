package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class SeededSelectTest {
    /** Which of four clauses, which are all ready, is chosen in each of {@code times} selects. */
    private static List<Integer> choices(SteppedLoop stepped, int times) {
        return stepped.run(() -> {
            List<Clause<Integer, RuntimeException>> clauses = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                int number = i;
                Event ready = new Event();
                ready.set();
                clauses.add(Select.on(ready, () -> number));
            }
            List<Integer> chosen = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                chosen.add(Weft.<Integer, RuntimeException>select(clauses));
            }
            return chosen;
        });
    }

    @Test
    void oneSeedGivesTheSameChoicesEachTime() {
        for (long seed = 0; seed < 20; seed++) {
            try (SteppedLoop first = SteppedLoop.shuffled(seed);
                    SteppedLoop second = SteppedLoop.shuffled(seed)) {
                assertEquals(choices(first, 50), choices(second, 50));
            }
        }
    }

    @Test
    void twoHundredSeedsGiveAllChoices() {
        Set<Integer> first = new TreeSet<>();
        SteppedLoop.underSeeds(200, stepped -> first.addAll(choices(stepped, 1)));
        assertEquals(Set.of(0, 1, 2, 3), first);
    }
}
