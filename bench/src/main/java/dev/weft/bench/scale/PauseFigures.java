package dev.weft.bench.scale;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * How a JVM did with very many parked greenlets.
 *
 * @param seconds for how long it was watched
 * @param liveMiB what was in use after a full collection, before it began
 * @param wakeUpsPerSecond how often a greenlet was woken, ran, and parked again
 * @param longestGapMillis the longest time in which none of them ran: a pause, or a wait of the loop's thread for memory, or
 *     what else the machine did
 * @param collections the names of the JVM's operations that stopped the threads
 * @param pauseMillis how long each lasted, in ascending order
 */
record PauseFigures(
        Collector collector,
        int greenlets,
        double seconds,
        long liveMiB,
        double wakeUpsPerSecond,
        double longestGapMillis,
        List<String> collections,

        @JsonProperty(access = JsonProperty.Access.WRITE_ONLY)
        List<Double> pauseMillis) {

    /** How many times. */
    @JsonProperty
    int pauses() {
        return pauseMillis.size();
    }

    /** As many were shorter as longer; 0 if there was none. */
    @JsonProperty
    double medianMillis() {
        return pauseMillis.isEmpty() ? 0 : pauseMillis.get(pauseMillis.size() / 2);
    }

    /** The longest; 0 if there was none. */
    @JsonProperty
    double longestMillis() {
        return pauseMillis.isEmpty() ? 0 : pauseMillis.getLast();
    }

    /** Of the time that was watched. */
    @JsonProperty
    double pausedPercent() {
        return pauseMillis.stream().mapToDouble(Double::doubleValue).sum() / 10 / seconds;
    }
}
