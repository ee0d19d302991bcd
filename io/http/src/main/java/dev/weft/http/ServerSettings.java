package dev.weft.http;

import dev.weft.io.tls.Tls;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a server was built with. */
record ServerSettings(
        HttpHandler handler,
        HttpLimits limits,
        @Nullable Tls tls,
        boolean http2,
        @Nullable AccessLog accessLog,
        @Nullable Duration requestTimeout,
        @Nullable String timeoutHeader,
        @Nullable String requestIdHeader) {

    /**
     * Returns the time that a handler may take; null for no limit.
     *
     * @throws HttpException with 400 if the client asks for a malformed one
     */
    @Nullable Duration timeoutOf(HttpHeaders headers) {
        @Nullable String asked = timeoutHeader == null ? null : headers.firstOrNull(timeoutHeader);
        if (asked == null) {
            return requestTimeout;
        }
        if (!asked.matches("[0-9]{1,9}")) {
            throw new HttpException(
                    400, timeoutHeader + " must be a number of milliseconds: " + FieldSyntax.quoted(asked));
        }
        Duration shorter = Duration.ofMillis(Long.parseLong(asked));
        return requestTimeout == null || shorter.compareTo(requestTimeout) < 0 ? shorter : requestTimeout;
    }

    /** Returns the id that the client has given its request; null if it has none that can be trusted. */
    @Nullable String requestIdOf(HttpHeaders headers) {
        @Nullable String id = requestIdHeader == null ? null : headers.firstOrNull(requestIdHeader);
        return id != null && id.length() <= 128 && FieldSyntax.isVisible(id) ? id : null;
    }
}
