package dev.weft.bench.load;

import java.io.IOException;
import org.HdrHistogram.Histogram;

/** When the next request is sent, and which latencies count. */
interface Pace extends EventLoop.Duty {
    /** The range of latencies that histograms resolve. */
    long SHORTEST_NANOS = 1_000;

    long LONGEST_NANOS = 100_000_000_000L;

    void start() throws IOException;

    /** Sends nothing more, but what is late already. */
    void stop() throws IOException;

    /** Whether all that was or should have been sent has its answer. */
    boolean isQuiet();

    /** Forgets what was recorded up to now, and records from now on. */
    void openWindow();

    /** Records no more, but what belongs to the window. */
    void closeWindow();

    Histogram latencies();

    /** How late requests of the window were sent though their connection was free: the load generator's own fault. */
    Histogram sendLags();

    static Histogram histogram() {
        return new Histogram(SHORTEST_NANOS, LONGEST_NANOS, 3);
    }
}
