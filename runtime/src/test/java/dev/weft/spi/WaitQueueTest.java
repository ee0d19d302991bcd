package dev.weft.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WaitQueueTest {
    private static final class Idle extends Waiter<String> {
        @Override
        public void succeed(String value) {}

        @Override
        public void fail(Throwable failure) {}
    }

    @Test
    void itIsFirstInFirstOutAndAnyoneMayLeave() {
        SplittableRandom random = new SplittableRandom(1);
        WaitQueue<String> queue = new WaitQueue<>();
        List<Idle> model = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            switch (random.nextInt(3)) {
                case 0 -> {
                    Idle waiter = new Idle();
                    queue.add(waiter);
                    model.add(waiter);
                }
                case 1 -> {
                    if (!model.isEmpty()) {
                        assertTrue(queue.remove(model.remove(random.nextInt(model.size()))));
                    }
                }
                default -> assertSame(model.isEmpty() ? null : model.remove(0), queue.poll());
            }
            assertEquals(model.isEmpty(), queue.isEmpty());
        }
    }

    @Test
    void removingOneThatIsNotThereDoesNothing() {
        WaitQueue<String> queue = new WaitQueue<>();
        WaitQueue<String> other = new WaitQueue<>();
        Idle waiter = new Idle();
        other.add(waiter);
        assertFalse(queue.remove(waiter));
        assertFalse(queue.remove(new Idle()));
        assertSame(waiter, other.poll());
        assertNull(other.poll());
    }

    @Test
    void standingInTwoQueuesIsAnError() {
        Idle waiter = new Idle();
        new WaitQueue<String>().add(waiter);
        assertThrows(IllegalStateException.class, () -> new WaitQueue<String>().add(waiter));
    }
}
