package dev.weft.io.net;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Loop;
import dev.weft.io.Interest;
import dev.weft.io.Readiness;
import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;

/** The station of a loop's greenlets, which wait through the seam, on the loop's selector. */
final class LoopStation extends Station {
    private final Loop loop;
    private final Interest interest;
    private Duration limit = Duration.ZERO; // of the last timed wait; the next one mostly has the same

    LoopStation(Loop loop, Interest interest) {
        this.loop = loop;
        this.interest = interest;
    }

    /** Whether the caller is on the loop. */
    boolean isMine() {
        return Suspension.isOn(loop);
    }

    /** Whether the channel was closed, or the loop. */
    boolean isOver() {
        return !interest.isOpen();
    }

    private Readiness side(Way way) {
        return way == Way.IN ? interest.in() : interest.out();
    }

    @Override
    void checkpoint() {
        Suspension.checkpointImplicitly();
    }

    @Override
    boolean isWorthATry(Way way) {
        return side(way).isWorthATry();
    }

    @Override
    void drained(Way way) {
        side(way).drained();
    }

    @Override
    void used(Way way) {
        side(way).used();
    }

    @Override
    void become(Way way, int operation) {
        side(way).become(operation);
    }

    @Override
    boolean await(Way way, long nanos) throws IOException {
        try {
            if (nanos == FOREVER) {
                Suspension.awaitImplicitly(side(way), null);
            } else {
                Suspension.awaitImplicitly(side(way), limit(nanos));
            }
            return true;
        } catch (DeadlineExceeded e) {
            return false; // ours: an outer deadline cancels
        } catch (Cancelled e) {
            if (e.getCause() == null && Thread.currentThread().isInterrupted()) {
                InterruptedIOException interrupted = new InterruptedIOException("interrupted");
                interrupted.initCause(e);
                throw interrupted;
            }
            throw e;
        }
    }

    private Duration limit(long nanos) {
        Duration last = limit;
        if (last.toNanos() != nanos) {
            last = Duration.ofNanos(nanos);
            limit = last;
        }
        return last;
    }

    @Override
    void close() {
        interest.close();
    }
}
