package dev.weft;

import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the tests of tasks share: a stepped loop, a record of what happened, and the failures that nobody waited for. */
@Timeout(30)
@ExtendWith(NoGreenletLeaks.class)
abstract class TaskFixture {
    static final Duration SECOND = Duration.ofSeconds(1);
    static final Duration HOUR = Duration.ofHours(1);

    final Recorder happened = new Recorder();
    final List<Throwable> uncaught = new ArrayList<>();
    final SteppedLoop stepped = SteppedLoop.open((greenlet, failure) -> uncaught.add(failure));

    /** Waits for an hour, and records how that ended and that {@code finally} ran. */
    final void sleepAndTell(String who) {
        try {
            Weft.sleep(HOUR);
            happened.add(who + " slept");
        } catch (Cancelled e) {
            happened.add(who + " cancelled");
            throw e;
        } finally {
            happened.add(who + " finally");
        }
    }

    /** An expected failure. */
    static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message);
        }
    }

    static void fail(String message) throws Broken {
        throw new Broken(message);
    }

    final long millis() {
        return stepped.clock().nanos() / 1_000_000;
    }

    final int timers() {
        return stepped.loop().statistics().timers();
    }

    @AfterEach
    void nothingIsLeft() {
        stepped.close();
        if (!uncaught.isEmpty()) {
            throw new AssertionError("failures that nobody waited for: " + uncaught);
        }
    }
}
