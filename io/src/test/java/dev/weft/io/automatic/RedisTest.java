package dev.weft.io.automatic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import redis.clients.jedis.AbstractPipeline;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.JedisPubSub;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.Transaction;
import redis.clients.jedis.args.ClientPauseMode;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** Jedis and its pool (commons-pool2), unmodified, in greenlets of one loop, against the real server. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
class RedisTest {
    private static final String LONG_PAUSE_ENDED_BY_HAND = "the server answers again";

    @SuppressWarnings("NullAway.Init") // set by startServer
    private static RedisServer server;

    @BeforeAll
    static void startServer() throws IOException {
        server = RedisServer.start();
    }

    @AfterAll
    static void stopServer() throws IOException {
        server.close();
    }

    @BeforeEach
    void empty() {
        try (Jedis admin = server.connect()) {
            admin.flushAll();
        }
    }

    private static int count(Jedis admin, String figure) {
        return admin.info("clients")
                .lines()
                .filter(line -> line.startsWith(figure + ":"))
                .mapToInt(line -> Integer.parseInt(line.substring(figure.length() + 1)))
                .sum();
    }

    @Test
    void pipelinesOfManyGreenletsShareAPool() throws Exception {
        try (OneLoop one = OneLoop.open();
                RedisClient client = server.client(20);
                Jedis admin = server.connect()) {
            admin.clientPause(60_000, ClientPauseMode.WRITE);
            List<Greenlet<Long>> pipelines = one.spawnAll(200, number -> {
                try (AbstractPipeline pipeline = client.pipelined()) {
                    List<Response<Long>> answers = new ArrayList<>();
                    for (int i = 0; i < 100; i++) {
                        answers.add(pipeline.incr("counter " + number));
                    }
                    pipeline.sync();
                    return answers.stream().mapToLong(Response::get).max().orElse(0);
                }
            });
            one.until("all connections are in use", () -> count(admin, "connected_clients") == 21);
            one.untilWaiting(200); // twenty for the server, the others for the pool
            admin.clientUnpause();
            one.joinAll(pipelines).forEach(highest -> assertEquals(100, highest));
        }
    }

    @Test
    void watchedTransactionsLoseNoIncrement() throws Exception {
        try (OneLoop one = OneLoop.open();
                RedisClient client = server.client(10)) {
            client.set("sum", "0");
            CountDownLatch bothHaveRead = new CountDownLatch(2);
            List<Integer> tries =
                    one.all(50, number -> increment(client, number < 2 ? bothHaveRead : new CountDownLatch(0)));
            assertEquals("50", client.get("sum"));
            // Of the first two, who read the same, one found that the other had been quicker.
            assertTrue(tries.stream().mapToInt(Integer::intValue).sum() > 50, tries::toString);
        }
    }

    /** Reads, passes {@code others} and writes, and again if another has come between; returns how often. */
    private static int increment(RedisClient client, CountDownLatch others) throws InterruptedException {
        try (Connection connection = client.getPool().getResource()) {
            Jedis jedis = new Jedis(connection); // the connection is given back, so it must not be closed
            for (int tries = 1; ; tries++) {
                jedis.watch("sum");
                int sum = Integer.parseInt(jedis.get("sum"));
                others.countDown();
                others.await();
                Transaction transaction = jedis.multi();
                transaction.set("sum", String.valueOf(sum + 1));
                if (transaction.exec() != null) {
                    return tries;
                }
            }
        }
    }

    @Test
    void everySubscriberHearsEveryMessageInOrder() throws Exception {
        int subscribers = 30;
        try (OneLoop one = OneLoop.open();
                RedisClient client = server.client(subscribers + 1);
                Jedis admin = server.connect()) {
            List<Greenlet<List<String>>> heard = one.spawnAll(subscribers, number -> {
                UntilTheEnd subscription = new UntilTheEnd();
                client.subscribe(subscription, "news");
                return subscription.heard;
            });
            one.until(
                    "all have subscribed",
                    () -> Objects.equals(admin.pubsubNumSub("news").get("news"), (long) subscribers));
            List<String> told =
                    IntStream.range(0, 50).mapToObj(i -> "message " + i).toList();
            one.call(() -> {
                told.forEach(message -> client.publish("news", message));
                return client.publish("news", "end");
            });
            one.joinAll(heard).forEach(all -> assertEquals(told, all));
        }
    }

    private static final class UntilTheEnd extends JedisPubSub {
        private final List<String> heard = new ArrayList<>();

        @Override
        public void onMessage(String channel, String message) {
            if (message.equals("end")) {
                unsubscribe();
            } else {
                heard.add(message);
            }
        }
    }

    @Test
    void twoHundredBlockingPopsGetWhatOthersPush() throws Exception {
        int poppers = 200;
        try (OneLoop one = OneLoop.open();
                RedisClient client = server.client(poppers);
                RedisClient pushing = server.client(2);
                Jedis admin = server.connect()) {
            List<Greenlet<String>> popped = poppers(one, client, admin, poppers);
            one.all(10, pusher -> {
                for (int i = 0; i < poppers / 10; i++) {
                    pushing.rpush("queue", pusher + "-" + i);
                }
                return pusher;
            });
            Set<String> values = new HashSet<>(one.joinAll(popped));
            assertEquals(poppers, values.size(), values::toString);
        }
    }

    /** Greenlets that wait in BLPOP, as the server knows. */
    private static List<Greenlet<String>> poppers(OneLoop one, RedisClient client, Jedis admin, int count) {
        List<Greenlet<String>> poppers =
                one.spawnAll(count, number -> client.blpop(0.0, "queue").getValue());
        one.until(count + " clients are blocked", () -> count(admin, "blocked_clients") == count);
        one.untilWaiting(count);
        return poppers;
    }

    @Test
    void aKillInABlockingPopClosesThatConnectionAlone() throws Exception {
        try (OneLoop one = OneLoop.open();
                RedisClient client = server.client(10);
                Jedis admin = server.connect()) {
            List<Greenlet<String>> poppers = poppers(one, client, admin, 10);
            poppers.get(4).kill();
            Cancelled end = assertThrows(Cancelled.class, () -> one.join(poppers.get(4)));
            // Jedis goes on to its closed socket, and tells of that alone; it is the kill all the same.
            assertTrue(
                    Arrays.stream(end.getSuppressed()).anyMatch(JedisConnectionException.class::isInstance),
                    end::toString);
            one.until("the server has noticed", () -> count(admin, "blocked_clients") == 9);
            one.until("the pool has dropped it", () -> client.getPool().getNumActive() == 9);
            admin.rpush("queue", IntStream.range(0, 9).mapToObj(String::valueOf).toArray(String[]::new));
            for (int i = 0; i < 10; i++) {
                if (i != 4) {
                    one.join(poppers.get(i));
                }
            }
            assertEquals(0, client.llen("queue")); // what the killed one waited for went to another
        }
    }

    @Test
    void anAnswerThatDoesNotComeInTimeIsAnExceptionAndTheClientGoesOn() throws Exception {
        try (OneLoop one = OneLoop.open();
                RedisClient client = server.client(20, 200);
                Jedis admin = server.connect()) {
            one.all(20, number -> client.set("key " + number, LONG_PAUSE_ENDED_BY_HAND));
            admin.clientPause(60_000, ClientPauseMode.WRITE);
            one.all(20, number -> {
                JedisConnectionException late =
                        assertThrows(JedisConnectionException.class, () -> client.set("key " + number, "lost"));
                return assertInstanceOf(SocketTimeoutException.class, late.getCause(), late::toString);
            });
            admin.clientUnpause();
            one.all(20, number -> {
                assertEquals(LONG_PAUSE_ENDED_BY_HAND, client.get("key " + number));
                return number;
            });
        }
    }

    @Test
    void aServerThatDiesIsAnExceptionInEachAndANewOneIsFound() throws Exception {
        try (OneLoop one = OneLoop.open();
                RedisClient client = server.client(100)) {
            List<Greenlet<String>> poppers;
            try (Jedis admin = server.connect()) {
                poppers = poppers(one, client, admin, 100);
            }
            server.kill();
            for (Outcome<String> outcome : one.outcomes(poppers)) {
                assertInstanceOf(
                        JedisConnectionException.class,
                        assertInstanceOf(Outcome.Failed.class, outcome).failure());
            }
            one.call(() -> assertThrows(JedisConnectionException.class, () -> client.get("nobody is there")));
            server.restart();
            one.all(200, number -> client.set("key " + number, "value"));
            assertEquals("value", client.get("key 199"));
        }
    }
}
