package dev.weft.io.automatic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.zaxxer.hikari.HikariDataSource;
import dev.weft.Greenlet;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Spring's JdbcTemplate and its transactions, which thread locals carry, in greenlets of one loop. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class SpringJdbcTest {
    private static final int CROWD = 50;
    private static final String COUNT = "select count(*) from note";

    @SuppressWarnings("NullAway.Init") // set by startServer
    private static PostgresServer server;

    @BeforeAll
    static void startServer() throws IOException {
        server = PostgresServer.start();
    }

    @AfterAll
    static void stopServer() throws IOException {
        server.close();
    }

    @BeforeEach
    void createTable() throws Exception {
        server.execute("drop table if exists note");
        server.execute("create table note (id bigint primary key)");
    }

    private static void insert(JdbcTemplate jdbc, long id) {
        jdbc.update("insert into note values (?)", id);
    }

    @Test
    void eachTransactionIsItsGreenletsOwn() throws Exception {
        try (OneLoop one = OneLoop.open(PostgresTest.CLEANER);
                HikariDataSource pool = server.pool(CROWD)) {
            JdbcTemplate jdbc = new JdbcTemplate(pool);
            TransactionTemplate transactions = new TransactionTemplate(new JdbcTransactionManager(pool));
            CountDownLatch inserted = new CountDownLatch(CROWD);
            CountDownLatch counted = new CountDownLatch(CROWD);
            List<Long> seen = one.all(
                    CROWD,
                    number -> Objects.requireNonNull(transactions.execute(status -> {
                        insert(jdbc, number);
                        meet(inserted);
                        long visible = Objects.requireNonNull(jdbc.queryForObject(COUNT, Long.class));
                        meet(counted);
                        if (number % 2 == 1) {
                            status.setRollbackOnly();
                        }
                        return visible;
                    })));
            assertEquals(LongStream.range(0, CROWD).map(number -> 1).boxed().toList(), seen, "sees its own row only");
            assertEquals(CROWD / 2, server.number(COUNT));
        }
    }

    private static void meet(CountDownLatch all) {
        all.countDown();
        await(all);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void anInnerTransactionCommitsAndTheOuterRollsBack() throws Exception {
        try (OneLoop one = OneLoop.open(PostgresTest.CLEANER);
                HikariDataSource pool = server.pool(CROWD)) {
            JdbcTemplate jdbc = new JdbcTemplate(pool);
            TransactionTemplate outer = new TransactionTemplate(new JdbcTransactionManager(pool));
            TransactionTemplate inner = new TransactionTemplate(Objects.requireNonNull(outer.getTransactionManager()));
            inner.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
            one.all(
                    CROWD / 2,
                    number -> assertThrows(
                            IllegalStateException.class,
                            () -> outer.executeWithoutResult(status -> {
                                insert(jdbc, number);
                                inner.executeWithoutResult(own -> insert(jdbc, 1000L + number));
                                throw new IllegalStateException("the outer fails");
                            })));
            assertEquals(CROWD / 2, server.number(COUNT + " where id >= 1000"));
            assertEquals(CROWD / 2, server.number(COUNT));
        }
    }

    @Test
    void aKillRollsBack() throws Exception {
        try (OneLoop one = OneLoop.open(PostgresTest.CLEANER);
                HikariDataSource pool = server.pool(1)) {
            JdbcTemplate jdbc = new JdbcTemplate(pool);
            TransactionTemplate transactions = new TransactionTemplate(new JdbcTransactionManager(pool));
            CountDownLatch never = new CountDownLatch(1);
            Greenlet<Object> victim = one.spawn(() -> transactions.execute(status -> {
                insert(jdbc, 1);
                await(never);
                return status;
            }));
            one.untilWaiting(1);
            one.until("the row is there", () -> pool.getHikariPoolMXBean().getActiveConnections() == 1);
            victim.kill();
            one.outcomes(List.of(victim));
            assertEquals(0L, one.call(() -> jdbc.queryForObject(COUNT, Long.class)));
        }
    }
}
