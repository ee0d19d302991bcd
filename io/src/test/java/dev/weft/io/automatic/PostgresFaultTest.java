package dev.weft.io.automatic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariDataSource;
import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the world, or a kill, does to a query is the driver's exception in that greenlet alone, and the pool gets over it. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(180)
class PostgresFaultTest {
    private static final int ASLEEP = 10;
    private static final String CONNECTION_FAILURE = "08006";
    private static final String QUERY_CANCELED = "57014";
    private static final String ADMIN_SHUTDOWN = "57P01";

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

    /** Ten greenlets in a query that takes an hour; each gives the SQL state of its end. */
    private static List<Greenlet<String>> sleepers(OneLoop one, HikariDataSource pool, long[] backends)
            throws SQLException {
        List<Greenlet<String>> sleepers = one.spawnAll(ASLEEP, number -> {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                backends[number] = PostgresServer.number(connection, "select pg_backend_pid()");
                statement.execute("select pg_sleep(3600)");
                return "slept";
            } catch (SQLException e) {
                return Objects.requireNonNull(e.getSQLState());
            }
        });
        untilAsleep(one, ASLEEP);
        return sleepers;
    }

    private static void untilAsleep(OneLoop one, int count) throws SQLException {
        try (Connection admin = server.connect()) {
            String asleep = "select count(*) from pg_stat_activity where wait_event = 'PgSleep'";
            one.until(count + " queries sleep", () -> PostgresServer.number(admin, asleep) == count);
        }
    }

    private static void assertTheOthersSleptOn(OneLoop one, List<Greenlet<String>> sleepers, int victim)
            throws SQLException {
        server.execute("select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'PgSleep'");
        for (int i = 0; i < ASLEEP; i++) {
            if (i != victim) {
                assertEquals(QUERY_CANCELED, one.join(sleepers.get(i)));
            }
        }
    }

    private static void assertWorks(OneLoop one, HikariDataSource pool) {
        List<Long> answers = one.all(2 * ASLEEP, number -> {
            try (Connection connection = pool.getConnection()) {
                return PostgresServer.number(connection, "select " + number);
            }
        });
        // None of them got what an earlier user of its connection had asked for.
        assertEquals(LongStream.range(0, 2 * ASLEEP).boxed().toList(), answers);
    }

    @Test
    void aTerminatedBackendIsAnExceptionInItsGreenletAlone() throws Exception {
        try (OneLoop one = OneLoop.open(PostgresTest.CLEANER);
                HikariDataSource pool = server.pool(ASLEEP)) {
            long[] backends = new long[ASLEEP];
            List<Greenlet<String>> sleepers = sleepers(one, pool, backends);
            server.execute("select pg_terminate_backend(" + backends[3] + ")");
            assertEquals(ADMIN_SHUTDOWN, one.join(sleepers.get(3)));
            assertTheOthersSleptOn(one, sleepers, 3);
            assertWorks(one, pool);
        }
    }

    @Test
    void aKillInAQueryClosesTheConnectionAndThePoolReplacesIt() throws Exception {
        try (OneLoop one = OneLoop.open(PostgresTest.CLEANER);
                HikariDataSource pool = server.pool(ASLEEP)) {
            List<Greenlet<String>> sleepers = sleepers(one, pool, new long[ASLEEP]);
            Greenlet<String> victim = sleepers.get(3);
            victim.kill();
            one.until("it has ended", () -> victim.state().isDone());
            untilAsleep(one, ASLEEP - 1); // the server has noticed, too
            one.until(
                    "the pool has dropped it", () -> pool.getHikariPoolMXBean().getTotalConnections() == ASLEEP - 1);
            assertTheOthersSleptOn(one, sleepers, 3);
            assertWorks(one, pool);
        }
    }

    @Test
    void aKilledQueryIsCancelledAndTellsWhatTheDriverMadeOfIt() throws Exception {
        try (OneLoop one = OneLoop.open(PostgresTest.CLEANER);
                HikariDataSource pool = server.pool(1)) {
            Greenlet<Boolean> victim = one.spawn(() -> sleep(pool));
            untilAsleep(one, 1);
            victim.kill("enough");
            Cancelled end = assertThrows(Cancelled.class, () -> one.join(victim));
            assertTrue(end.toString().contains("enough"), end::toString);
            SQLException driver = assertInstanceOf(SQLException.class, end.getSuppressed()[0]);
            assertEquals(CONNECTION_FAILURE, driver.getSQLState(), driver::toString);
            assertWorks(one, pool);
        }
    }

    @Test
    void aDeadlineEndsAQueryAndTheLoopGoesOn() throws Exception {
        try (OneLoop one = OneLoop.open(PostgresTest.CLEANER);
                HikariDataSource pool = server.pool(1)) {
            Greenlet<String> late = one.spawn(() -> {
                assertThrows(DeadlineExceeded.class, () -> Weft.withTimeout(Duration.ofSeconds(1), () -> sleep(pool)));
                Weft.sleep(Duration.ofMillis(1)); // the deadline is over and done with
                return "went on";
            });
            assertEquals("went on", one.join(late));
            assertWorks(one, pool);
        }
    }

    private static boolean sleep(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            return statement.execute("select pg_sleep(3600)");
        }
    }

    @Test
    void aDeadlineInATransactionThatIsRolledBackIsADeadline() throws Exception {
        try (OneLoop one = OneLoop.open(PostgresTest.CLEANER);
                HikariDataSource pool = server.pool(1)) {
            Greenlet<Boolean> late = one.spawn(() -> {
                DeadlineExceeded e = assertThrows(
                        DeadlineExceeded.class,
                        () -> Weft.withTimeout(Duration.ofSeconds(1), () -> inTransaction(pool)));
                return e.getCause() instanceof SQLException;
            });
            assertTrue(one.join(late));
            Greenlet<?> killed = one.spawn(() -> {
                inTransaction(pool);
                return "";
            });
            untilAsleep(one, 1);
            killed.kill();
            one.until("it has ended", () -> killed.state().isDone());
            assertEquals(Greenlet.State.CANCELLED, killed.state());
        }
    }

    /** As everybody writes it: the rollback fails, since the connection is closed, and what it throws hides the kill. */
    private static void inTransaction(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try {
                connection.createStatement().execute("select pg_sleep(100)");
                connection.commit();
            } catch (SQLException e) {
                connection.rollback();
                throw e;
            }
        }
    }

    @Test
    void aKillWhileWaitingForThePoolTakesNothingOutOfIt() throws Exception {
        try (OneLoop one = OneLoop.open(PostgresTest.CLEANER);
                HikariDataSource pool = server.pool(1)) {
            List<Greenlet<Boolean>> waiting;
            try (Connection taken = pool.getConnection()) {
                assertEquals(1, PostgresServer.number(taken, "select 1"));
                waiting = one.spawnAll(20, number -> sleep(pool));
                one.untilWaiting(20);
                waiting.forEach(Greenlet::kill);
                for (Outcome<Boolean> outcome : one.outcomes(waiting)) {
                    Throwable killed =
                            assertInstanceOf(Outcome.Cancelled.class, outcome).cause();
                    Throwable end = killed.getSuppressed()[0];
                    assertInstanceOf(SQLException.class, end);
                    assertInstanceOf(InterruptedException.class, end.getCause(), end::toString);
                }
                assertEquals(0, pool.getHikariPoolMXBean().getThreadsAwaitingConnection());
            }
            assertWorks(one, pool);
        }
    }

    @Test
    void aDatabaseThatDiesInTheMiddleOfAThousandTransactionsIsSurvived() throws Exception {
        server.execute("create table account as select id, 1000::int as balance from generate_series(0, 9) id");
        try (OneLoop one = OneLoop.open(PostgresTest.CLEANER);
                HikariDataSource pool = server.pool(50, Duration.ofSeconds(3))) {
            int[] committed = {0};
            List<Greenlet<Boolean>> transfers = one.spawnAll(1000, number -> {
                while (true) {
                    PostgresTest.transfer(pool, number % 10, (number + 1) % 10, 1);
                    committed[0]++;
                }
            });
            one.until("many have committed", () -> one.call(() -> committed[0]) > 1_000);
            server.kill();
            for (Outcome<Boolean> outcome : one.outcomes(transfers)) {
                assertDocumented(assertInstanceOf(Outcome.Failed.class, outcome).failure());
            }
            server.restart();
            one.all(1000, number -> {
                PostgresTest.transfer(pool, number % 10, (number + 1) % 10, 1);
                return number;
            });
        }
        assertEquals(10_000, server.number("select sum(balance) from account"));
    }

    /** An SQL state of class 08, or the server's farewell, from the driver; or the pool's own, which has waited in vain. */
    private static void assertDocumented(Throwable end) {
        SQLException failure = assertInstanceOf(SQLException.class, end);
        String state = Objects.requireNonNullElse(failure.getSQLState(), "");
        assertTrue(
                failure instanceof SQLTransientConnectionException || state.startsWith("08") || state.startsWith("57P"),
                () -> failure + " " + state);
    }
}
