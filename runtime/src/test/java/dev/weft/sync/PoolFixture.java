package dev.weft.sync;

import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Work for the greenlets of a pool, which counts how many are at it. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
abstract class PoolFixture {
    static final Duration MILLI = Duration.ofMillis(1);
    final Recorder happened = new Recorder();
    int running;
    int mostRunning;

    static List<Integer> numbers(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    /** Takes a while. */
    final int square(int number) {
        mostRunning = Math.max(mostRunning, ++running);
        try {
            Weft.sleep(MILLI.multipliedBy(1 + number % 3));
            return number * number;
        } finally {
            running--;
        }
    }
}
