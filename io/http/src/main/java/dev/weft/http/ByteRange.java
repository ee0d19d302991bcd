package dev.weft.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A part of a representation (RFC 9110, section 14.1.2).
 *
 * @param last the position of the last byte, inclusive
 */
record ByteRange(long first, long last) {
    /** What a range that begins after the end, or has no bytes, is parsed to. */
    static final ByteRange UNSATISFIABLE = new ByteRange(0, -1);

    private static final Pattern ONE_RANGE =
            Pattern.compile("bytes=[ \\t]*(\\d{0,18})-(\\d{0,18})[ \\t]*", Pattern.CASE_INSENSITIVE);

    /**
     * Parses the value of {@code Range} for a representation of {@code size} bytes. Returns null if the field is to be ignored: it
     * is malformed, has several ranges, or has another unit.
     */
    static @Nullable ByteRange parse(String value, long size) {
        Matcher match = ONE_RANGE.matcher(value);
        if (!match.matches() || (match.group(1).isEmpty() && match.group(2).isEmpty())) {
            return null;
        }
        if (match.group(1).isEmpty()) {
            long suffix = Long.parseLong(match.group(2));
            return suffix == 0 || size == 0 ? UNSATISFIABLE : new ByteRange(Math.max(0, size - suffix), size - 1);
        }
        long first = Long.parseLong(match.group(1));
        long last = match.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(match.group(2));
        if (last < first) {
            return null;
        }
        return first >= size ? UNSATISFIABLE : new ByteRange(first, Math.min(last, size - 1));
    }

    long length() {
        return last - first + 1;
    }

    /** Returns the value of {@code Content-Range}. */
    String contentRange(long size) {
        return "bytes " + first + "-" + last + "/" + size;
    }
}
