package dev.weft.sight.timeline;

import java.util.Map;

/**
 * Something that took time.
 *
 * @param track what it is shown on: a loop, a thread, a greenlet
 * @param place the line of code that it is about; empty if there is none
 */
record Span(
        String track,
        String category,
        String name,
        String place,
        long beginNanos,
        long durationNanos,
        Map<String, String> details) {
    long endNanos() {
        return beginNanos + durationNanos;
    }
}
