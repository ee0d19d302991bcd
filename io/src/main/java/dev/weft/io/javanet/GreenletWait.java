package dev.weft.io.javanet;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Loop;
import dev.weft.io.selector.Readiness;
import dev.weft.io.selector.SelectedChannel;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.YieldMode;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;

/** The wait of one loop's greenlets, which are suspended until the loop's selector reports the channel ready. */
final class GreenletWait extends ReadinessWait {
    static {
        Suspension.belongsToRuntime(GreenletWait.class);
    }

    private final Loop loop;
    private final SelectedChannel selected;
    private Duration limit = Duration.ZERO; // of the last timed wait, cached because the next usually has the same

    GreenletWait(Loop loop, SelectedChannel selected) {
        this.loop = loop;
        this.selected = selected;
    }

    /** Returns whether the caller is on the loop. */
    boolean isCurrent() {
        return Suspension.isOn(loop);
    }

    /** Returns whether the channel or the loop is closed. */
    boolean isClosed() {
        return !selected.isOpen();
    }

    private Readiness side(Direction direction) {
        return direction == Direction.IN ? selected.in() : selected.out();
    }

    @Override
    void checkpoint() {
        Suspension.checkpoint(YieldMode.IMPLICIT);
    }

    @Override
    boolean isWorthATry(Direction direction) {
        return side(direction).isWorthATry();
    }

    @Override
    void noteDrained(Direction direction) {
        side(direction).noteDrained();
    }

    @Override
    void noteProgress(Direction direction) {
        side(direction).noteProgress();
    }

    @Override
    void noteTransfer(Direction direction, long count, long room) {
        side(direction).noteTransfer(count, room);
    }

    @Override
    void become(Direction direction, int operation) {
        side(direction).become(operation);
    }

    @Override
    boolean await(Direction direction, long nanos) throws IOException {
        try {
            if (nanos == FOREVER) {
                Suspension.await(side(direction), null, YieldMode.IMPLICIT);
            } else {
                Suspension.await(side(direction), limit(nanos), YieldMode.IMPLICIT);
            }
            return true;
        } catch (DeadlineExceeded e) {
            return false; // this wait's own limit: an outer deadline throws Cancelled
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
        selected.close();
    }
}
