package com.example.orders;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.http.HttpException;
import dev.weft.http.HttpHandler;
import dev.weft.http.HttpRequest;
import dev.weft.http.HttpResponse;
import dev.weft.http.Router;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The HTTP API.
 *
 * <pre>
 * POST /orders              places an order: 201, or 200 if it was placed before with the same Idempotency-Key
 * GET  /orders/{id}         the order
 * GET  /customers/{name}    the latest orders of a customer, and the number of visits
 * </pre>
 *
 * <p>A client that gets no answer, or 503, sends the same request with the same key again.
 */
final class OrderApi {
    private static final Logger LOGGER = LoggerFactory.getLogger(OrderApi.class);
    private static final int LONGEST_REQUEST = 10_000;

    private final OrderStore store;
    private final OrderCache cache;
    private final Cashier cashier;
    private final ObjectMapper json;

    OrderApi(OrderStore store, OrderCache cache, Cashier cashier, ObjectMapper json) {
        this.store = store;
        this.cache = cache;
        this.cashier = cashier;
        this.json = json;
    }

    /** What {@code GET /customers/{name}} returns. */
    record Customer(String name, long visits, List<Order> orders) {}

    Router.Builder routes() {
        return Router.builder()
                .filter(OrderApi::logWithRequestId)
                .filter(OrderApi::answerFailures)
                .post("/orders", this::place)
                .get("/orders/{id}", this::show)
                .get("/customers/{name}", this::customer);
    }

    /** All that is logged for a request has its id, also by children of the scopes that it opens. */
    private static void logWithRequestId(HttpRequest request, HttpResponse response, HttpHandler next)
            throws Exception {
        try (var id = MDC.putCloseable("request", request.id())) {
            next.handle(request, response);
        }
    }

    private static void answerFailures(HttpRequest request, HttpResponse response, HttpHandler next) throws Exception {
        try {
            next.handle(request, response);
        } catch (SQLException e) {
            LOGGER.warn("the database failed: {}", e.toString());
            response.headers().set("Retry-After", "1");
            response.status(503).send("the database is not available");
        }
    }

    private void place(HttpRequest request, HttpResponse response) throws IOException, SQLException {
        String key = request.headers()
                .first("Idempotency-Key")
                .filter(value -> value.length() <= 100)
                .orElseThrow(() -> new HttpException(400, "Idempotency-Key is missing or too long"));
        OrderRequest wanted = parse(request);
        Optional<Order> placed = store.insert(key, wanted);
        Order order = placed.isPresent() ? placed.get() : store.findByKey(key).orElseThrow();
        if (!order.answers(wanted)) {
            throw new HttpException(409, "this Idempotency-Key was used for another order");
        }
        if (placed.isPresent()) {
            cashier.submit(order);
            response.status(201).header("Location", "/orders/" + order.id());
        }
        send(response, order);
    }

    private OrderRequest parse(HttpRequest request) throws IOException {
        try {
            return Optional.ofNullable(json.readValue(request.body().bytes(LONGEST_REQUEST), OrderRequest.class))
                    .orElseThrow(() -> new HttpException(400, "not an order: null"));
        } catch (JsonProcessingException e) {
            throw new HttpException(400, "not an order: " + e.getOriginalMessage());
        }
    }

    private void show(HttpRequest request, HttpResponse response) throws IOException, SQLException {
        long id = number(request.pathVariable("id"));
        send(response, cache.find(id, store::find).orElseThrow(() -> new HttpException(404, "no order " + id)));
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new HttpException(404, "not the number of an order: " + text);
        }
    }

    /** Asks the database and Redis at the same time. If one fails, the other is cancelled. */
    private void customer(HttpRequest request, HttpResponse response) throws Exception {
        String name = request.pathVariable("name");
        send(response, Weft.callInScope(scope -> {
            Greenlet<List<Order>> orders = scope.spawn(() -> store.of(name));
            Greenlet<Long> visits = scope.spawn(() -> cache.countVisit(name));
            return new Customer(name, visits.join(), orders.join());
        }));
    }

    private void send(HttpResponse response, Object value) throws IOException {
        response.header("Content-Type", "application/json").send(json.writeValueAsBytes(value));
    }
}
