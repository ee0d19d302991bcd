package com.example.orders;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.metrics.micrometer.MicrometerMetricsTrackerFactory;
import dev.weft.http.AccessRecord;
import dev.weft.http.HttpLimits;
import dev.weft.http.HttpResponse;
import dev.weft.http.HttpServer;
import dev.weft.http.Router;
import dev.weft.metrics.LoopMetrics;
import dev.weft.service.Health;
import dev.weft.service.Service;
import dev.weft.time.Retry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.RedisClient;

/** Puts the parts together, and registers them to be stopped in reverse order. */
final class Application {
    private static final Logger LOGGER = LoggerFactory.getLogger(Application.class);
    private static final Duration POOL_PATIENCE = Duration.ofSeconds(5);
    private static final Duration HEADER_DEADLINE = Duration.ofSeconds(5);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);

    private Application() {}

    /** Starts the service. Must be called by a greenlet. */
    static void start(Service service, Config config) throws Exception {
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        new LoopMetrics(service.group()).bindTo(metrics);
        ObjectMapper json = new ObjectMapper();
        OrderStore store = new OrderStore(service.closeAtEnd("database", database(config, metrics)));
        Retry.builder().attempts(10).on(SQLException.class).build().run(store::createTable);
        OrderCache cache = new OrderCache(service.closeAtEnd("redis", redis(config)), json);
        PaymentClient payments = service.closeAtEnd("payments", new PaymentClient(config.payments(), json));
        Cashier cashier = Cashier.start(store, payments);
        service.onStop("cashier", cashier::stop);
        LoopMetrics.channel("unpaid", cashier.queue()).bindTo(metrics);

        service.health().readiness("database", store::ping);
        Router routes = new OrderApi(store, cache, cashier, json)
                .routes()
                .get(
                        "/health/live",
                        (request, response) -> send(service.health().liveness(), json, response))
                .get(
                        "/health/ready",
                        (request, response) -> send(service.health().readiness(), json, response))
                .get("/metrics", (request, response) -> response.send(metrics.scrape()))
                .build();
        HttpServer server = HttpServer.builder()
                .loops(service.group())
                .requestTimeout(REQUEST_TIMEOUT)
                .limits(HttpLimits.builder().headerDeadline(HEADER_DEADLINE).build())
                .accessLog(request -> record(request, metrics))
                .start(config.host(), config.port(), routes);
        service.onStop("server", server::stop);
        LoopMetrics.connections("orders", () -> server.statistics().connections())
                .bindTo(metrics);
        LOGGER.info("listening on port {}", server.port());
    }

    private static void record(AccessRecord request, MeterRegistry metrics) {
        metrics.timer("http.server.requests", "status", Integer.toString(request.status()))
                .record(request.duration());
    }

    private static HikariDataSource database(Config config, MeterRegistry metrics) {
        HikariConfig hikari = new HikariConfig();
        hikari.setJdbcUrl(config.database());
        hikari.setMaximumPoolSize(20);
        hikari.setConnectionTimeout(POOL_PATIENCE.toMillis());
        hikari.setInitializationFailTimeout(-1); // starts while the database is down
        hikari.addDataSourceProperty("connectTimeout", "3");
        hikari.addDataSourceProperty("socketTimeout", "10");
        hikari.setMetricsTrackerFactory(new MicrometerMetricsTrackerFactory(metrics));
        return new HikariDataSource(hikari);
    }

    private static RedisClient redis(Config config) {
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(20);
        pool.setMaxIdle(20);
        pool.setMaxWait(POOL_PATIENCE); // without a limit, greenlets that wait for a connection spin
        return RedisClient.builder()
                .hostAndPort(config.redis())
                .poolConfig(pool)
                .build();
    }

    private static void send(Health.Report report, ObjectMapper json, HttpResponse response) throws IOException {
        response.status(report.isUp() ? 200 : 503)
                .header("Content-Type", "application/json")
                .send(json.writeValueAsBytes(report));
    }
}
