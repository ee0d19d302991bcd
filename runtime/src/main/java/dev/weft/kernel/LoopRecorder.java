package dev.weft.kernel;

import dev.weft.Verdict;
import dev.weft.spi.Holding;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What records the events of a loop, if anybody has asked for a recording. Every method must be short and must not wait, and
 * is called on the loop's thread unless marked otherwise. The defaults record nothing.
 */
public interface LoopRecorder {
    /** A recorder that records nothing. */
    LoopRecorder NONE = new LoopRecorder() {};

    /** Something that takes time. */
    interface Span {
        /** A span that is not recorded. */
        Span NONE = () -> {};

        /** It is over. Called once, on any thread. */
        void finish();
    }

    /** {@code greenlet}, or else {@code what}, has held the loop for {@code held}. On the watchdog's thread. */
    default void held(String what, @Nullable GreenletTask<?> greenlet, Duration held, Holding how, String report) {}

    /** {@code greenlet} begins to wait with its stack pinned. Called by the greenlet, as the end of the span must be. */
    default Span pinned(GreenletTask<?> greenlet) {
        return Span.NONE;
    }

    /** A wait of {@code greenlet} for {@code target} has not ended within {@code timeout}. Called by the greenlet. */
    default void deadlineExceeded(GreenletTask<?> greenlet, Object target, Duration timeout) {}

    /** Somebody kills {@code greenlet}. On the thread that does. */
    default void killAsked(GreenletTask<?> greenlet, String reason) {}

    /** {@code greenlet} is being killed; the span is over when it has ended. */
    default Span kill(GreenletTask<?> greenlet, String reason) {
        return Span.NONE;
    }

    /** {@code call} of {@code greenlet} is queued for a thread of {@code pool}. Called by the greenlet. */
    default Span queued(GreenletTask<?> greenlet, Object call, String pool) {
        return Span.NONE;
    }

    /** {@code call} of {@code greenlet} begins to run on the calling thread of {@code pool}. */
    default Span running(GreenletTask<?> greenlet, Object call, String pool) {
        return Span.NONE;
    }

    /** {@code server} accepts nothing until one of its {@code limit} connections has ended. */
    default void acceptLimit(Object server, int limit) {}

    /** Greenlets of the group can never proceed. On the watchdog's thread. */
    default void verdict(Verdict verdict) {}

    /** All greenlets of the loop wait, {@code waiting} of them, and nothing known to the runtime can wake one. */
    default void standstill(int waiting, String report) {}
}
