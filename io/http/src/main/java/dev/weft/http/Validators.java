package dev.weft.http;

import io.netty.handler.codec.DateFormatter;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What identifies a version of a file, and the preconditions of requests for it (RFC 9110, sections 8.8 and 13).
 *
 * @param etag a strong entity tag
 * @param modified the time of the last change, in whole seconds
 */
record Validators(String etag, Instant modified) {
    private static final String WEAK = "W/";

    static Validators of(BasicFileAttributes attributes) {
        long nanos = attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
        String etag = "\"" + Long.toHexString(nanos) + "-" + Long.toHexString(attributes.size()) + "\"";
        return new Validators(etag, attributes.lastModifiedTime().toInstant().truncatedTo(ChronoUnit.SECONDS));
    }

    /** Returns the value of {@code Last-Modified}. */
    String lastModified() {
        return DateFormatter.format(Date.from(modified));
    }

    /** Returns the status that the preconditions of a {@code GET} or {@code HEAD} demand: 412, 304, or 200 if all hold. */
    int evaluate(HttpHeaders headers) {
        if (headers.contains("If-Match")) {
            if (headers.all("If-Match").stream().noneMatch(this::matchesStrongly)) {
                return 412;
            }
        } else if (isAfter(headers.firstOrNull("If-Unmodified-Since"))) {
            return 412;
        }
        if (headers.contains("If-None-Match")) {
            return headers.all("If-None-Match").stream().anyMatch(this::matchesWeakly) ? 304 : 200;
        }
        return isNotAfter(headers.firstOrNull("If-Modified-Since")) ? 304 : 200;
    }

    /** Returns whether {@code If-Range} allows to send only a range. */
    boolean allowRange(HttpHeaders headers) {
        String condition = headers.firstOrNull("If-Range");
        if (condition == null || condition.equals(etag)) {
            return true;
        }
        Date date = DateFormatter.parseHttpDate(condition);
        return date != null && date.toInstant().equals(modified);
    }

    private boolean matchesStrongly(String list) {
        for (String tag : list.split(",", -1)) {
            if (tag.strip().equals(etag) || tag.strip().equals("*")) {
                return true;
            }
        }
        return false;
    }

    private boolean matchesWeakly(String list) {
        return matchesStrongly(list.replace(WEAK, ""));
    }

    private boolean isAfter(@Nullable String date) {
        Date known = date == null ? null : DateFormatter.parseHttpDate(date);
        return known != null && modified.isAfter(known.toInstant());
    }

    private boolean isNotAfter(@Nullable String date) {
        Date known = date == null ? null : DateFormatter.parseHttpDate(date);
        return known != null && !modified.isAfter(known.toInstant());
    }
}
