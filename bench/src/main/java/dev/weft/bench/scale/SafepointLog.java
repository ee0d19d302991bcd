package dev.weft.bench.scale;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads what {@code -Xlog:safepoint:file=...:uptimenanos} says: every moment at which all threads stood still, whoever the
 * collector is, from the request to stop until all may go on.
 */
final class SafepointLog {
    /** What makes the JVM write it. */
    static final String FLAG = "-Xlog:safepoint:file=%s:uptimenanos:filecount=0";

    private static final Pattern LINE =
            Pattern.compile("\\[(\\d+)ns\\] Safepoint \"(\\w+)\".* Reaching safepoint: .* Total: +(\\d+) ns.*");

    /** G1CollectForAllocation, ParallelCollectForAllocation, SerialGCCollect, ZMarkEndYoung and the like. */
    private static final Pattern COLLECTION =
            Pattern.compile("(G1|Z|Parallel|Serial|Gen|Shenandoah).*|.*(Collect|GC).*");

    private SafepointLog() {}

    /**
     * All threads stood still.
     *
     * @param endNanos when they went on, in nanoseconds since the start of the JVM
     * @param why the operation for which they did
     * @param nanos for how long, and until the last of them had stopped
     */
    record Stop(long endNanos, String why, long nanos) {
        /** When they stopped. */
        long beginNanos() {
            return endNanos - nanos;
        }

        boolean isCollection() {
            return COLLECTION.matcher(why).matches();
        }
    }

    /** The stops that the lines tell of; other lines are passed over. */
    static List<Stop> parse(Stream<String> lines) {
        return lines.map(LINE::matcher)
                .filter(Matcher::matches)
                .map(line -> new Stop(Long.parseLong(line.group(1)), line.group(2), Long.parseLong(line.group(3))))
                .toList();
    }
}
