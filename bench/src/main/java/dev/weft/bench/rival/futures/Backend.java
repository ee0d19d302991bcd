package dev.weft.bench.rival.futures;

import dev.weft.bench.rival.http.ResponseParser;
import dev.weft.bench.rival.http.Wire;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Supplier;

/** The connections to the backend: those that are free, the most recently used first. */
final class Backend {
    private final Supplier<CompletableFuture<Endpoint>> connect;
    private final Deque<Connection> free = new ConcurrentLinkedDeque<>();

    Backend(Supplier<CompletableFuture<Endpoint>> connect) {
        this.connect = connect;
    }

    /** The body of the answer to one call. */
    CompletableFuture<byte[]> call() {
        Connection connection = free.poll();
        return connection == null
                ? connect.get().thenCompose(endpoint -> call(new Connection(endpoint)))
                : call(connection);
    }

    private CompletableFuture<byte[]> call(Connection connection) {
        return connection.call().whenComplete((body, failure) -> {
            if (failure == null) {
                free.push(connection);
            } else {
                connection.endpoint.close();
            }
        });
    }

    private static final class Connection {
        private final Endpoint endpoint;
        private final ByteBuffer request = Wire.request();
        private final ResponseParser responses = new ResponseParser();

        Connection(Endpoint endpoint) {
            this.endpoint = endpoint;
        }

        CompletableFuture<byte[]> call() {
            return endpoint.send(request.clear()).thenCompose(sent -> response());
        }

        private CompletableFuture<byte[]> response() {
            return endpoint.fill().thenCompose(some -> {
                try {
                    if (!some) {
                        throw new ProtocolException("the backend ended the connection before its answer");
                    }
                    return responses.parse(endpoint.input())
                            ? CompletableFuture.completedFuture(responses.takeBody())
                            : response();
                } catch (ProtocolException e) {
                    return CompletableFuture.failedFuture(e);
                }
            });
        }
    }
}
