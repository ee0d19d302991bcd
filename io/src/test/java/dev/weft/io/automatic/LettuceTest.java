package dev.weft.io.automatic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.support.ConnectionPoolSupport;
import io.netty.resolver.DefaultAddressResolverGroup;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientPauseMode;

/** Lettuce's blocking API in greenlets of one loop, against the real server. Its sockets are on threads of Netty. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
class LettuceTest {
    private static final int CROWD = 200;
    private static final String[] NETTY = {"lettuce-", "globalEventExecutor"};

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

    private interface Deed {
        void run(OneLoop one, RedisClient client) throws Exception;
    }

    private static void withClient(Deed deed) throws Exception {
        try (Jedis admin = server.connect()) {
            admin.flushAll();
        }
        try (OneLoop one = OneLoop.open(NETTY)) {
            ClientResources resources = ClientResources.builder()
                    // Netty's resolver, the default, may leave its socket open if it is shut down soon after its start.
                    .addressResolverGroup(DefaultAddressResolverGroup.INSTANCE)
                    .build();
            RedisClient client = RedisClient.create(resources, "redis://127.0.0.1:" + server.port());
            try {
                deed.run(one, client);
            } finally {
                client.shutdown(Duration.ZERO, Duration.ofSeconds(10));
                resources.shutdown(0, 10, TimeUnit.SECONDS).get();
            }
        }
    }

    @Test
    void aCrowdSharesOneConnection() throws Exception {
        withClient((one, client) -> {
            try (StatefulRedisConnection<String, String> connection = client.connect();
                    Jedis admin = server.connect()) {
                admin.clientPause(60_000, ClientPauseMode.WRITE);
                List<Greenlet<Long>> crowd =
                        one.spawnAll(CROWD, number -> connection.sync().incr("counter"));
                one.untilWaiting(CROWD);
                admin.clientUnpause();
                List<Long> answers = one.joinAll(crowd).stream().sorted().toList();
                assertEquals(LongStream.rangeClosed(1, CROWD).boxed().toList(), answers);
            }
        });
    }

    @Test
    void eachOfACrowdBlocksOnAPooledConnection() throws Exception {
        withClient((one, client) -> {
            GenericObjectPoolConfig<StatefulRedisConnection<String, String>> config = new GenericObjectPoolConfig<>();
            config.setMaxTotal(20);
            config.setMaxIdle(20);
            config.setJmxEnabled(false);
            config.setMaxWait(Duration.ofMinutes(1)); // without it commons-pool2 spins
            try (GenericObjectPool<StatefulRedisConnection<String, String>> pool =
                            ConnectionPoolSupport.createGenericObjectPool(client::connect, config);
                    Jedis admin = server.connect()) {
                List<Greenlet<String>> crowd = one.spawnAll(CROWD, number -> {
                    try (StatefulRedisConnection<String, String> connection = pool.borrowObject()) {
                        return connection.sync().blpop(60, "work").getValue();
                    }
                });
                one.untilWaiting(CROWD);
                for (int i = 0; i < CROWD; i++) {
                    admin.rpush("work", "done");
                }
                assertEquals(Collections.nCopies(CROWD, "done"), one.joinAll(crowd));
            }
        });
    }

    @Test
    void aKillAndADeadlineEndACallAndLeaveTheConnection() throws Exception {
        withClient((one, client) -> {
            try (StatefulRedisConnection<String, String> connection = client.connect();
                    Jedis admin = server.connect()) {
                admin.clientPause(60_000, ClientPauseMode.WRITE);
                Greenlet<Long> victim = one.spawn(() -> connection.sync().incr("counter"));
                one.untilWaiting(1);
                victim.kill();
                assertInstanceOf(
                        Outcome.Cancelled.class, one.outcomes(List.of(victim)).getFirst());
                one.call(() -> assertThrows(
                        DeadlineExceeded.class,
                        () -> Weft.withTimeout(
                                Duration.ofMillis(50), () -> connection.sync().incr("counter"))));
                admin.clientUnpause();
                assertEquals("PONG", one.call(() -> connection.sync().ping()));
            }
        });
    }
}
