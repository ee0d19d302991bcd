package dev.weft.http;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Weft;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request and its response: has the handler answer, answers in its place if it fails, and logs. Confined to the loop. */
final class Exchange {
    private static final System.Logger LOGGER = System.getLogger("dev.weft.http");
    private static final int LONGEST_LOGGED_TARGET = 1000;

    private final ServerConnection connection;
    private final ServerLoop loop;
    private final ResponseSink sink;
    private final HttpRequest request;
    private final HttpResponse response;

    Exchange(ServerConnection connection, ResponseSink sink, RequestHead head, RequestBody body) {
        this.connection = connection;
        this.sink = sink;
        loop = connection.loop;
        request = new HttpRequest(connection, head, body, loop.began());
        response = new HttpResponse(sink, request);
    }

    HttpResponse response() {
        return response;
    }

    /** What is done when the response is complete. */
    interface Completion {
        /** Returns whether another request may follow. */
        boolean complete() throws Exception;
    }

    /** Answers, and then returns the result of {@code completion}. Throws if nothing more can be sent to the client. */
    boolean answer(Completion completion) throws Exception {
        long begin = System.nanoTime();
        @Nullable Throwable failure = null;
        try {
            failure = handle();
            if (failure != null) {
                recover(failure);
            }
            return completion.complete();
        } catch (Throwable t) {
            failure = t;
            throw t;
        } finally {
            loop.ended();
            log(System.nanoTime() - begin, failure);
        }
    }

    /** Calls the handler and completes the response. Returns what went wrong. */
    private @Nullable Throwable handle() {
        try {
            Duration timeout = loop.settings.timeoutOf(request.headers());
            if (timeout == null) {
                loop.settings.handler().handle(request, response);
            } else {
                handleWithin(timeout);
            }
            response.complete();
            return null;
        } catch (Throwable t) {
            return t;
        }
    }

    private void handleWithin(Duration timeout) throws Exception {
        try {
            Weft.withTimeout(timeout, () -> loop.settings.handler().handle(request, response));
        } catch (DeadlineExceeded e) {
            if (e.timeout() == timeout) { // not one of the handler's own
                HttpException late = new HttpException(503, "the request took longer than " + timeout);
                late.initCause(e);
                throw late;
            }
            throw e;
        }
    }

    /** Answers in place of a handler that failed. Throws if nothing can be sent any more. */
    private void recover(Throwable failure) throws Exception {
        if (isCancelled()) {
            loop.countCancelled();
            throw rethrown(failure);
        }
        if (sink.clientHasLeft() && !(failure instanceof Error)) {
            loop.countCancelled();
            throw new IOException("the client of " + request + " has left", failure);
        }
        if (response.isAborted()) {
            throw new IOException("the handler has aborted the response to " + request, failure);
        }
        HttpException answer = failure instanceof HttpException known ? known : internalError(failure);
        if (response.isCommitted()) {
            throw new IOException("the response to " + request + " is incomplete", failure);
        }
        response.replace(answer);
        response.complete();
    }

    private static boolean isCancelled() {
        try {
            Weft.checkCancelled();
            return false;
        } catch (Cancelled e) {
            return true;
        }
    }

    private static Exception rethrown(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return (Exception) failure;
    }

    private HttpException internalError(Throwable failure) {
        loop.countFailed();
        LOGGER.log(System.Logger.Level.ERROR, "the handler of " + request + " failed", failure);
        return new HttpException(500, "internal error; request " + request.id());
    }

    private void log(long nanos, @Nullable Throwable failure) {
        AccessLog log = loop.settings.accessLog();
        if (log != null) {
            String target = request.target();
            log.log(new AccessRecord(
                    request.id(),
                    connection.remoteAddress,
                    request.method(),
                    target.length() > LONGEST_LOGGED_TARGET ? target.substring(0, LONGEST_LOGGED_TARGET) : target,
                    request.version(),
                    response.isCommitted() ? response.status() : 0,
                    request.body().count(),
                    response.bodyBytes(),
                    Duration.ofNanos(nanos),
                    Optional.ofNullable(failure)));
        }
    }
}
