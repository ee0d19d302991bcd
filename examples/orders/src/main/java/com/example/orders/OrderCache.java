package com.example.orders;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.SetParams;

/**
 * Paid orders in Redis. As they never change, nothing has to be removed here. Without Redis the service is slower, not down:
 * failures are logged, and the database answers.
 */
final class OrderCache {
    private static final Logger LOGGER = LoggerFactory.getLogger(OrderCache.class);
    private static final Duration KEPT = Duration.ofHours(1);

    private final RedisClient redis;
    private final ObjectMapper json;

    OrderCache(RedisClient redis, ObjectMapper json) {
        this.redis = redis;
        this.json = json;
    }

    /** Where an order comes from that is not here. */
    interface Source {
        Optional<Order> find(long id) throws SQLException;
    }

    /** Returns the order from here, or else from {@code source}. */
    Optional<Order> find(long id, Source source) throws SQLException {
        Optional<Order> cached = get(id);
        if (cached.isPresent()) {
            return cached;
        }
        Optional<Order> found = source.find(id);
        found.filter(order -> order.status() == Order.Status.PAID).ifPresent(this::put);
        return found;
    }

    private Optional<Order> get(long id) {
        try {
            String text = redis.get(key(id));
            return text == null ? Optional.empty() : Optional.of(json.readValue(text, Order.class));
        } catch (JedisException | JsonProcessingException e) {
            LOGGER.warn("cannot read the cache: {}", e.toString());
            return Optional.empty();
        }
    }

    private void put(Order order) {
        try {
            redis.set(
                    key(order.id()),
                    json.writeValueAsString(order),
                    SetParams.setParams().ex(KEPT.toSeconds()));
        } catch (JedisException | JsonProcessingException e) {
            LOGGER.warn("cannot write the cache: {}", e.toString());
        }
    }

    /** Counts a visit of {@code customer}, and returns how many there have been; zero if that is unknown. */
    long countVisit(String customer) {
        try {
            return redis.incr("visits:" + customer);
        } catch (JedisException e) {
            LOGGER.warn("cannot count visits: {}", e.toString());
            return 0;
        }
    }

    private static String key(long id) {
        return "order:" + id;
    }
}
