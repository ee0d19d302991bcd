package dev.weft.io.automatic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a driver of the MySQL protocol must do in greenlets of one loop, through HikariCP, against the real server. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
abstract class MySqlContract {
    private static final int GREENLETS = 500;
    private static final int CONNECTIONS = 20;
    private static final int ACCOUNTS = 10;
    private static final String WAITING_FOR_THE_GATE =
            "select count(*) from information_schema.processlist where state = 'User lock'";

    @SuppressWarnings("NullAway.Init") // set by startServer
    private static MariaDbServer server;

    /** The part of the URL that selects the driver. */
    abstract String protocol();

    /** Beginnings of the names of threads that the driver keeps. */
    abstract String[] keptThreads();

    @BeforeAll
    static void startServer() throws IOException {
        server = MariaDbServer.start();
    }

    @AfterAll
    static void stopServer() throws IOException {
        server.close();
    }

    private HikariDataSource pool(int size) {
        return pool(size, Duration.ofMinutes(1));
    }

    private HikariDataSource pool(int size, Duration patience) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server.url(protocol()));
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(patience.toMillis());
        return new HikariDataSource(config);
    }

    private static long number(HikariDataSource pool, String sql) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            return PostgresServer.number(connection, sql);
        }
    }

    private static void execute(HikariDataSource pool, String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void manyGreenletsShareAPool() throws Exception {
        try (OneLoop one = OneLoop.open(keptThreads());
                HikariDataSource admin = pool(1);
                HikariDataSource pool = pool(CONNECTIONS);
                Connection gate = admin.getConnection()) {
            assertEquals(1, PostgresServer.number(gate, "select get_lock('gate', 60)"));
            List<Greenlet<Long>> greenlets = one.spawnAll(GREENLETS, number -> throughTheGate(pool, number));
            one.until("all connections wait", () -> PostgresServer.number(gate, WAITING_FOR_THE_GATE) == CONNECTIONS);
            one.untilWaiting(GREENLETS);
            PostgresServer.number(gate, "select release_lock('gate')");
            assertEquals(
                    LongStream.range(0, GREENLETS)
                            .map(number -> 2 * number)
                            .boxed()
                            .toList(),
                    one.joinAll(greenlets));
        }
    }

    private static long throughTheGate(HikariDataSource pool, int number) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            PostgresServer.number(connection, "select get_lock('gate', 60)");
            PostgresServer.number(connection, "select release_lock('gate')");
            return PostgresServer.number(connection, "select 2 * " + number);
        }
    }

    @Test
    void transactionsLoseNoMoneyWhenTheServerIsKilled() throws Exception {
        try (OneLoop one = OneLoop.open(keptThreads());
                HikariDataSource pool = pool(CONNECTIONS, Duration.ofSeconds(5))) {
            execute(pool, "create or replace table account (id int primary key, balance int) engine = innodb");
            execute(pool, "insert into account select seq, 100 from seq_0_to_" + (ACCOUNTS - 1));
            one.all(100, number -> transfer(pool, number % ACCOUNTS, (number + 1) % ACCOUNTS));
            List<Greenlet<Integer>> interrupted = one.spawnAll(
                    GREENLETS, number -> transferUntilItFails(pool, number % ACCOUNTS, (number + 3) % ACCOUNTS));
            server.kill();
            one.outcomes(interrupted).forEach(outcome -> assertInstanceOf(Outcome.Returned.class, outcome));
            server.restart();
            one.all(100, number -> transfer(pool, number % ACCOUNTS, (number + 7) % ACCOUNTS));
            assertEquals(100 * ACCOUNTS, one.call(() -> number(pool, "select sum(balance) from account")));
        }
    }

    private static int transferUntilItFails(HikariDataSource pool, int from, int to) {
        for (int done = 0; ; done++) {
            try {
                transfer(pool, from, to);
            } catch (SQLException e) {
                return done;
            }
        }
    }

    /** Locks the accounts in one order, so that no two wait for each other. */
    private static int transfer(HikariDataSource pool, int from, int to) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("select * from account where id in (" + from + ", " + to + ") order by id for update");
            statement.executeUpdate("update account set balance = balance - 1 where id = " + from);
            statement.executeUpdate("update account set balance = balance + 1 where id = " + to);
            connection.commit();
            return from;
        }
    }

    @Test
    void aKillEndsAQueryAndThePoolReplacesTheConnection() throws Exception {
        try (OneLoop one = OneLoop.open(keptThreads());
                HikariDataSource admin = pool(1);
                HikariDataSource pool = pool(1)) {
            Greenlet<Long> victim = one.spawn(() -> number(pool, "select sleep(3600)"));
            String sleeping = "select count(*) from information_schema.processlist where state = 'User sleep'";
            one.until("the query runs", () -> number(admin, sleeping) == 1);
            victim.kill();
            assertInstanceOf(
                    Outcome.Cancelled.class, one.outcomes(List.of(victim)).getFirst());
            assertEquals(42, one.call(() -> number(pool, "select 42")));
        }
    }

    @Test
    void aQueryTimeoutEndsTheQuery() throws Exception {
        try (OneLoop one = OneLoop.open(keptThreads());
                HikariDataSource pool = pool(5)) {
            one.all(5, number -> {
                try (Connection connection = pool.getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.setQueryTimeout(1);
                    SQLException over = assertThrows(
                            SQLException.class,
                            () -> statement.execute("select count(*) from seq_1_to_1000000000 where seq % 2 = 1"));
                    assertTrue(over.toString().contains("ime"), over::toString);
                    return PostgresServer.number(connection, "select " + number);
                }
            });
        }
    }
}
