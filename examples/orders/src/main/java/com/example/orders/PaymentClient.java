package com.example.orders;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** The payment service, by HTTP: {@code PUT /payments/ID}. One attempt, of at most two seconds. */
final class PaymentClient implements Payments, AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LIMIT)
            .build();
    private final URI service;
    private final ObjectMapper json;

    PaymentClient(URI service, ObjectMapper json) {
        this.service = service;
        this.json = json;
    }

    @Override
    public void charge(Order order) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(service.resolve("/payments/" + order.id()))
                .timeout(LIMIT)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(order)))
                .build();
        int status = send(request);
        if (status != 200) {
            throw new IOException("status " + status + " for the payment of order " + order.id());
        }
    }

    private int send(HttpRequest request) throws IOException {
        try {
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted: " + request);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
