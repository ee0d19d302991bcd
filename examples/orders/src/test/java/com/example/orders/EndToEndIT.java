package com.example.orders;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The packaged application as a process, with a real database, a real Redis, a flaky payment service, and bad luck. */
@Timeout(900)
class EndToEndIT {
    private static final int CUSTOMERS = 500;
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path target = Path.of("target").toAbsolutePath();
    private final int port = ServerProcess.freePort();
    private Postgres postgres;
    private ServerProcess redis;
    private FlakyPayments payments;
    private ServerProcess application;
    private Map<String, String> environment;

    EndToEndIT() throws IOException {}

    @BeforeEach
    void startServers() throws Exception {
        postgres = new Postgres(target);
        int redisPort = ServerProcess.freePort();
        redis = ServerProcess.start(
                List.of("redis-server", "--bind", "127.0.0.1", "--port", "" + redisPort, "--save", ""),
                target.resolve("redis.log"));
        payments = new FlakyPayments();
        environment = Map.of(
                "ORDERS_PORT",
                "" + port,
                "ORDERS_DATABASE",
                postgres.url(),
                "ORDERS_REDIS",
                "127.0.0.1:" + redisPort,
                "ORDERS_PAYMENTS",
                payments.uri().toString());
        Files.deleteIfExists(target.resolve("application.log"));
        startApplication();
    }

    private void startApplication() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                JAVA, "-Xmx256m", "-jar", target.resolve("orders.jar").toString());
        builder.environment().putAll(environment);
        application = ServerProcess.start(builder, target.resolve("application.log"));
        awaitReadiness(200);
    }

    @AfterEach
    void stopServers() throws IOException {
        application.close();
        payments.close();
        redis.close();
        postgres.close();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> order(String key, String body) throws IOException, InterruptedException {
        HttpRequest request = request("/orders")
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
    }

    private void awaitReadiness(int status) {
        ServerProcess.await(
                "readiness is " + status,
                () -> assertEquals(status, get("/health/ready").statusCode()));
    }

    @Test
    void anOrderIsPlacedOnceAndCanBeSeen() throws Exception {
        String lamp = "{\"customer\": \"Ada\", \"item\": \"lamp\", \"quantity\": 2}";
        assertEquals(201, order("key", lamp).statusCode());
        assertEquals(200, order("key", lamp).statusCode());
        assertEquals(409, order("key", lamp.replace("2", "3")).statusCode());
        assertEquals(400, order("other", lamp.replace("2", "0")).statusCode());
        assertEquals(400, order("other", "garbage").statusCode());
        assertEquals(404, get("/orders/2000").statusCode());
        ServerProcess.await(
                "the order is paid", () -> assertTrue(get("/orders/1").body().contains("PAID")));
        assertEquals(get("/orders/1").body(), get("/orders/1").body(), "from the database, and from Redis");
        assertTrue(get("/customers/Ada").body().startsWith("{\"name\":\"Ada\",\"visits\":1,\"orders\":[{\"id\":1,"));
        redis.close();
        assertTrue(get("/orders/1").body().contains("PAID"));
        assertTrue(get("/customers/Ada").body().contains("\"visits\":0,\"orders\":[{\"id\":1,"));
    }

    @Test
    void everyAcknowledgedOrderIsInTheDatabaseOnce() throws Exception {
        Process load = new ProcessBuilder(
                        JAVA,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Load.class.getName(),
                        "" + port,
                        "" + CUSTOMERS)
                .redirectError(target.resolve("load.log").toFile())
                .start();
        Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
        Thread reader = Thread.startVirtualThread(() -> readLines(load, acknowledged));
        try {
            awaitMore(acknowledged, 1000);
            ServerProcess.await(
                    "all customers are connected",
                    () -> assertTrue(metric("weft_server_connections{server=\"orders\"}") >= CUSTOMERS));
            postgres.kill();
            awaitReadiness(503);
            postgres.restart();
            awaitReadiness(200);
            awaitMore(acknowledged, 1000);
            application.terminate();
            assertEquals(0, application.exitStatus());
            reader.join();
        } finally {
            load.destroyForcibly();
        }
        List<String> stored = postgres.query("select idempotency_key from orders");
        Set<String> distinct = new HashSet<>(stored);
        assertEquals(stored.size(), distinct.size(), "an order is stored twice");
        assertEquals(acknowledged.size(), new HashSet<>(acknowledged).size(), "an order was acknowledged twice");
        List<String> lost =
                acknowledged.stream().filter(key -> !distinct.contains(key)).toList();
        assertEquals(List.of(), lost);
        assertTheNextProcessChargesForTheRest();
    }

    private double metric(String name) throws IOException, InterruptedException {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .sum();
    }

    private void assertTheNextProcessChargesForTheRest() throws Exception {
        startApplication();
        ServerProcess.await(
                "all orders are paid",
                () -> assertEquals(List.of("0"), postgres.query("select count(*) from orders where status = 'NEW'")));
        Set<String> paid = new HashSet<>(postgres.query("select id::text from orders"));
        assertEquals(paid, payments.requests.keySet());
        application.terminate();
        assertEquals(0, application.exitStatus());
    }

    private static void readLines(Process process, Queue<String> lines) {
        try (BufferedReader output = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
            output.lines().forEach(lines::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitMore(Queue<String> acknowledged, int more) {
        int expected = acknowledged.size() + more;
        ServerProcess.await(expected + " orders are acknowledged", () -> assertTrue(acknowledged.size() >= expected));
    }
}
