package dev.weft.io.automatic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.weft.Greenlet;
import dev.weft.testing.NoGreenletLeaks;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.copy.CopyManager;

/** PostgreSQL's JDBC driver and HikariCP, unmodified, in greenlets of one loop, against the real server. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(180)
class PostgresTest {
    /** Threads that pgjdbc keeps for a while, whoever calls it. */
    static final String CLEANER = "PostgreSQL-JDBC-Cleaner";

    private static final int GREENLETS = 1000;
    private static final int CONNECTIONS = 50;
    private static final String WAITING_FOR_A_LOCK =
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock'";

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

    @Test
    void aThousandGreenletsShareFiftyConnections() throws Exception {
        try (OneLoop one = OneLoop.open(CLEANER);
                HikariDataSource pool = server.pool(CONNECTIONS);
                Connection gate = server.connect()) {
            PostgresServer.number(gate, "select 1 from pg_advisory_lock(1)");
            List<Greenlet<Integer>> greenlets = one.spawnAll(GREENLETS, number -> doubled(pool, number));
            // Fifty wait for the server, which waits for us, and the others for the pool: none of them holds the loop.
            one.until("all connections wait", () -> PostgresServer.number(gate, WAITING_FOR_A_LOCK) == CONNECTIONS);
            one.untilWaiting(GREENLETS);
            PostgresServer.number(gate, "select 1 from pg_advisory_unlock(1)");
            assertEquals(
                    IntStream.range(0, GREENLETS)
                            .map(number -> 2 * number)
                            .boxed()
                            .toList(),
                    one.joinAll(greenlets));
            assertEquals(CONNECTIONS, pool.getHikariPoolMXBean().getTotalConnections());
        }
    }

    private static int doubled(HikariDataSource pool, int number) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement query =
                        connection.prepareStatement("select 2 * ?::int from pg_advisory_xact_lock_shared(1)")) {
            query.setInt(1, number);
            try (ResultSet rows = query.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }

    @Test
    void aPoolCanBeOpenedUsedAndClosedByGreenletsAlone() throws Exception {
        try (OneLoop one = OneLoop.open(CLEANER)) {
            HikariDataSource pool = one.call(() -> server.pool(CONNECTIONS));
            assertEquals(
                    IntStream.range(0, 200).map(number -> 2 * number).boxed().toList(),
                    one.all(200, number -> doubled(pool, number)));
            one.join(one.loop().spawn(pool::close));
        }
    }

    @Test
    void aPoolWhoseOwnThreadsAreVirtualIsAdoptedByTheLoop() throws Exception {
        try (OneLoop one = OneLoop.open(CLEANER)) {
            HikariConfig config = server.config(CONNECTIONS);
            config.setThreadFactory(
                    task -> Thread.ofVirtual().name("of the pool").unstarted(task));
            HikariDataSource pool = one.call(() -> new HikariDataSource(config));
            assertEquals(
                    IntStream.range(0, 200).map(number -> 2 * number).boxed().toList(),
                    one.all(200, number -> doubled(pool, number)));
            assertTrue(
                    one.loop().greenlets().stream()
                            .anyMatch(greenlet -> greenlet.thread().getName().equals("of the pool")),
                    () -> one.loop().greenlets().toString());
            one.join(one.loop().spawn(pool::close));
        }
    }

    @Test
    void transactionsKeepTheSum() throws Exception {
        server.execute("create table account as select id, 1000::int as balance from generate_series(0, 9) id");
        try (OneLoop one = OneLoop.open(CLEANER);
                HikariDataSource pool = server.pool(CONNECTIONS)) {
            one.all(GREENLETS, number -> {
                transfer(pool, number % 10, number * 7 % 10, 1 + number % 3);
                return number;
            });
        }
        assertEquals(10_000, server.number("select sum(balance) from account"));
        assertEquals(10, server.number("select count(*) from account"));
    }

    /** Takes the rows in the order of their numbers, so that no two transactions wait for each other. */
    static void transfer(HikariDataSource pool, int from, int to, int amount) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement move =
                    connection.prepareStatement("update account set balance = balance + ? where id = ?")) {
                for (int account : new int[] {Math.min(from, to), Math.max(from, to)}) {
                    move.setInt(1, from == to ? 0 : account == from ? -amount : amount);
                    move.setInt(2, account);
                    move.executeUpdate();
                }
            }
            connection.commit();
        }
    }

    @Test
    void bulkCopiesGoInAndOutSideBySide() throws Exception {
        int copies = 20;
        int rows = 5_000;
        server.execute("create table line (copy int, number int, text text)");
        try (OneLoop one = OneLoop.open(CLEANER);
                HikariDataSource pool = server.pool(copies)) {
            List<Long> taken = one.all(copies, copy -> {
                try (Connection connection = pool.getConnection()) {
                    return copyManager(connection)
                            .copyIn("copy line from stdin", new ByteArrayInputStream(lines(copy, rows)));
                }
            });
            assertEquals(
                    copies * (long) rows,
                    taken.stream().mapToLong(Long::longValue).sum());
            List<Boolean> same = one.all(copies, copy -> {
                try (Connection connection = pool.getConnection()) {
                    ByteArrayOutputStream out = new ByteArrayOutputStream();
                    String query = "copy (select * from line where copy = " + copy + " order by number) to stdout";
                    copyManager(connection).copyOut(query, out);
                    return Arrays.equals(lines(copy, rows), out.toByteArray());
                }
            });
            assertEquals(List.of(), same.stream().filter(it -> !it).toList());
        }
    }

    private static CopyManager copyManager(Connection connection) throws SQLException {
        return connection.unwrap(PGConnection.class).getCopyAPI();
    }

    private static byte[] lines(int copy, int rows) {
        return IntStream.range(0, rows)
                .mapToObj(row -> copy + "\t" + row + "\tline " + row + " of copy " + copy + "\n")
                .collect(Collectors.joining())
                .getBytes(UTF_8);
    }

    @Test
    void aGreenletCancelsTheQueryOfAnother() throws Exception {
        try (OneLoop one = OneLoop.open(CLEANER);
                HikariDataSource pool = server.pool(2)) {
            CompletableFuture<Statement> running = new CompletableFuture<>();
            Greenlet<Long> victim = one.spawn(() -> {
                try (Connection connection = pool.getConnection();
                        Statement statement = connection.createStatement()) {
                    running.complete(statement);
                    SQLException cancelled =
                            assertThrows(SQLException.class, () -> statement.execute("select pg_sleep(3600)"));
                    assertEquals("57014", cancelled.getSQLState(), cancelled::toString);
                    return PostgresServer.number(connection, "select 42"); // it can be used on
                }
            });
            one.call(() -> {
                Statement statement = running.join();
                one.until("the query runs", () -> sleepers() == 1);
                statement.cancel();
                return "asked";
            });
            assertEquals(42L, one.join(victim));
        }
    }

    private static long sleepers() throws SQLException {
        return server.number("select count(*) from pg_stat_activity where wait_event = 'PgSleep'");
    }

    @Test
    void aQueryTimeoutEndsTheQueryAndLeavesTheConnection() throws Exception {
        try (OneLoop one = OneLoop.open(CLEANER);
                HikariDataSource pool = server.pool(CONNECTIONS)) {
            List<Long> answers = one.all(CONNECTIONS, number -> {
                try (Connection connection = pool.getConnection();
                        Statement statement = connection.createStatement()) {
                    statement.setQueryTimeout(1);
                    SQLException over =
                            assertThrows(SQLException.class, () -> statement.execute("select pg_sleep(3600)"));
                    assertEquals("57014", over.getSQLState(), over::toString);
                    return PostgresServer.number(connection, "select " + number);
                }
            });
            assertEquals(LongStream.range(0, CONNECTIONS).boxed().toList(), answers);
        }
    }

    @Test
    void everyListenerHearsTheNotifications() throws Exception {
        int listeners = 20;
        try (OneLoop one = OneLoop.open(CLEANER)) {
            CompletableFuture<String> told = new CompletableFuture<>();
            List<CompletableFuture<String>> listening = new ArrayList<>();
            for (int i = 0; i < listeners; i++) {
                listening.add(new CompletableFuture<>());
            }
            List<Greenlet<String>> heard = one.spawnAll(listeners, number -> {
                try (Connection connection = server.connect();
                        Statement statement = connection.createStatement()) {
                    statement.execute("listen news");
                    listening.get(number).complete("listening");
                    PGNotification[] news =
                            connection.unwrap(PGConnection.class).getNotifications(0);
                    return Objects.requireNonNull(news)[0].getParameter();
                }
            });
            one.call(() -> {
                listening.forEach(CompletableFuture::join);
                server.execute("notify news, 'it rains'");
                return told.complete("told");
            });
            assertEquals(
                    IntStream.range(0, listeners).mapToObj(number -> "it rains").toList(), one.joinAll(heard));
        }
    }
}
