package dev.weft.bench.idle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IdleTest {
    @Test
    void everyQuestionOfEachIsAnswered() throws Exception {
        try (Asker loop = new LoopAsker();
                Asker eventFd = new EventFdAsker()) {
            for (Asker asker : new Asker[] {loop, eventFd}) {
                double[] nanos = asker.ask(20, Duration.ofMillis(1));
                assertEquals(20, nanos.length);
                for (double each : nanos) {
                    assertTrue(each > 0, "nanoseconds of an answer: " + each);
                }
            }
        }
    }

    @Test
    void theTimeOfTheGroupsThreadsIsCounted() throws InterruptedException {
        try (Burst burst = new Burst()) {
            double share = burst.idleShare(Duration.ofMillis(20));
            assertTrue(share >= 0 && share <= 2.5, "share of a core: " + share);
        }
    }
}
