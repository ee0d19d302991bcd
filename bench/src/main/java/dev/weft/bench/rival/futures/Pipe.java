package dev.weft.bench.rival.futures;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Passes on what comes. */
final class Pipe {
    private Pipe() {}

    static void echo(Endpoint client) {
        Endpoint.repeat(() -> pass(client, client), client::close);
    }

    static void proxy(Endpoint front, Supplier<CompletableFuture<Endpoint>> connect) {
        connect.get().whenComplete((back, failure) -> {
            if (failure == null) {
                join(front, back);
            } else {
                front.close();
            }
        });
    }

    private static void join(Endpoint front, Endpoint back) {
        AtomicInteger open = new AtomicInteger(2);
        Runnable ended = () -> {
            if (open.decrementAndGet() == 0) {
                front.close();
                back.close();
            }
        };
        passAll(front, back, ended);
        passAll(back, front, ended);
    }

    private static void passAll(Endpoint from, Endpoint to, Runnable ended) {
        Endpoint.repeat(() -> pass(from, to), () -> {
            to.finish();
            ended.run();
        });
    }

    private static CompletableFuture<Boolean> pass(Endpoint from, Endpoint to) {
        return from.fill().thenCompose(some -> some ? to.send(from.input()) : CompletableFuture.completedFuture(false));
    }
}
