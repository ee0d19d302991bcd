package com.example.orders;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import redis.clients.jedis.HostAndPort;

/**
 * The settings, each from the environment variable named in brackets.
 *
 * @param host the address to listen on (ORDERS_HOST)
 * @param port the port to listen on; 0 selects a free one (ORDERS_PORT)
 * @param loops the number of loops, one for each core (ORDERS_LOOPS)
 * @param database the JDBC URL of the PostgreSQL database (ORDERS_DATABASE)
 * @param redis host and port of Redis (ORDERS_REDIS)
 * @param payments the URL of the payment service (ORDERS_PAYMENTS)
 * @param grace how long the service may take to stop, in ISO-8601 as PT10S (ORDERS_GRACE)
 */
record Config(String host, int port, int loops, String database, HostAndPort redis, URI payments, Duration grace) {
    static Config from(Map<String, String> environment) {
        return new Config(
                environment.getOrDefault("ORDERS_HOST", "127.0.0.1"),
                Integer.parseInt(environment.getOrDefault("ORDERS_PORT", "8080")),
                Integer.parseInt(environment.getOrDefault("ORDERS_LOOPS", "2")),
                environment.getOrDefault("ORDERS_DATABASE", "jdbc:postgresql://127.0.0.1/orders"),
                HostAndPort.from(environment.getOrDefault("ORDERS_REDIS", "127.0.0.1:6379")),
                URI.create(environment.getOrDefault("ORDERS_PAYMENTS", "http://127.0.0.1:9090")),
                Duration.parse(environment.getOrDefault("ORDERS_GRACE", "PT10S")));
    }
}
