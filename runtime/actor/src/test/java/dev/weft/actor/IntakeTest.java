package dev.weft.actor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weft.Greenlet;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Measured;
import dev.weft.testing.SteppedLoop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The wake-ups of an intake's reader. */
@Timeout(60)
class IntakeTest {
    private static final Measured RESOURCE = new Measured() {
        @Override
        public int size() {
            return 0;
        }

        @Override
        public int capacity() {
            return Measured.UNBOUNDED;
        }
    };

    /** A sender that is held up between the link and its look at the reader finds the reader waiting for the next message. */
    @Test
    void aLateSignalLosesNoLaterMessage() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Intake<String> intake = new Intake<>(stepped.loop(), RESOURCE);
            intake.offer("collected before its signal", Intake.UNLIMITED);
            Greenlet<String> reader = stepped.spawn(() -> {
                intake.poll();
                assertNull(intake.poll());
                Suspension.await(intake, null);
                return String.valueOf(intake.poll());
            });
            stepped.runUntilIdle();
            intake.signal();
            stepped.runUntilIdle();
            assertEquals(Greenlet.State.WAITING, reader.state());
            intake.offer("next", Intake.UNLIMITED);
            stepped.runUntilIdle();
            assertEquals("next", reader.outcome().get());
        }
    }
}
