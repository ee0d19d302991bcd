package dev.weft.http;

import java.util.Objects;

/**
 * Code around a handler: it may answer itself, or change the request's surroundings and pass it on.
 *
 * <pre>{@code
 * HttpFilter timed = (request, response, next) -> {
 *     long start = System.nanoTime();
 *     next.handle(request, response);
 *     timings.record(request.path(), System.nanoTime() - start);
 * };
 * }</pre>
 */
@FunctionalInterface
public interface HttpFilter {
    /** Answers {@code request}, usually by calling {@code next}. Otherwise as {@link HttpHandler#handle}. */
    void handle(HttpRequest request, HttpResponse response, HttpHandler next) throws Exception;

    /** Returns {@code handler} with this filter around it. */
    default HttpHandler around(HttpHandler handler) {
        Objects.requireNonNull(handler, "handler");
        return (request, response) -> handle(request, response, handler);
    }
}
