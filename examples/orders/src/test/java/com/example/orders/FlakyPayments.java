package com.example.orders;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

/** A payment service that is often wrong: it refuses, hangs up, or charges and says nothing. */
final class FlakyPayments implements AutoCloseable {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    /** The requests for each payment; one payment is charged once, however often it is asked for. */
    final Map<String, Integer> requests = new ConcurrentHashMap<>();

    FlakyPayments() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.setExecutor(threads);
        server.createContext("/payments/", this::charge);
        server.start();
    }

    private void charge(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            int mood = ThreadLocalRandom.current().nextInt(100);
            if (mood < 10) {
                exchange.sendResponseHeaders(503, -1);
                return;
            }
            requests.merge(exchange.getRequestURI().getPath().substring("/payments/".length()), 1, Integer::sum);
            if (mood < 15) {
                return; // hangs up
            }
            if (mood < 16) {
                Thread.sleep(3000);
            }
            exchange.sendResponseHeaders(200, -1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
