package dev.weft.bench.load;

import java.io.IOException;
import org.HdrHistogram.Histogram;

/** The strategy that decides when requests are sent and which latencies count. */
interface Pace extends EventLoop.Duty {
    /** The lower end of the histograms' range. */
    long SHORTEST_NANOS = 1_000;

    long LONGEST_NANOS = 100_000_000_000L;

    void start() throws IOException;

    /** Stops sending, except for requests that are already overdue. */
    void stop() throws IOException;

    /** Returns whether all requests that were sent or due have been answered. */
    boolean isQuiet();

    /** Clears the histograms and starts recording. */
    void openWindow();

    /** Completes the record of the window and stops recording. */
    void closeWindow();

    Histogram latencies();

    /** Returns how late requests of the window were sent although their connection was free, due to the load generator. */
    Histogram sendLags();

    static Histogram histogram() {
        return new Histogram(SHORTEST_NANOS, LONGEST_NANOS, 3);
    }
}
