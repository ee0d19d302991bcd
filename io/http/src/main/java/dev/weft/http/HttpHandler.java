package dev.weft.http;

/** Answers requests. */
@FunctionalInterface
public interface HttpHandler {
    /**
     * Answers {@code request}. Called by the greenlet of the connection, on its loop; the handlers of one server run
     * concurrently. It may wait. If it returns without having sent anything, the response is sent with an empty body.
     *
     * <p>An {@link HttpException} is answered with its status. Any other exception is logged with the request's id and answered
     * with 500. If the response has been committed by then, the connection is closed instead, so that the client can tell that
     * the response is incomplete.
     *
     * <p>When the client leaves, the greenlet is killed: the current wait and all later ones throw {@link
     * dev.weft.Cancelled}, and scopes that the handler has opened are cancelled.
     */
    void handle(HttpRequest request, HttpResponse response) throws Exception;
}
