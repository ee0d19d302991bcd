package dev.weft.bench.rival.futures;

import dev.weft.bench.rival.http.RequestParser;
import java.net.ProtocolException;
import java.util.concurrent.CompletableFuture;

/** A client's connection: a request, its answer, and again. */
final class HttpExchange {
    private final Endpoint client;
    private final AnswerSource answers;
    private final RequestParser requests = new RequestParser();

    private HttpExchange(Endpoint client, AnswerSource answers) {
        this.client = client;
        this.answers = answers;
    }

    static void serve(Endpoint client, AnswerSource answers) {
        HttpExchange exchange = new HttpExchange(client, answers);
        Endpoint.repeat(exchange::serveOne, client::close);
    }

    private CompletableFuture<Boolean> serveOne() {
        return request()
                .thenCompose(some ->
                        some ? answers.next().thenCompose(client::send) : CompletableFuture.completedFuture(false));
    }

    /** Completes with true once a request is whole, with false at the end. */
    private CompletableFuture<Boolean> request() {
        try {
            if (client.input().hasRemaining() && requests.parse(client.input())) {
                return CompletableFuture.completedFuture(true);
            }
        } catch (ProtocolException e) {
            return CompletableFuture.failedFuture(e);
        }
        return client.fill().thenCompose(some -> some ? request() : CompletableFuture.completedFuture(false));
    }
}
