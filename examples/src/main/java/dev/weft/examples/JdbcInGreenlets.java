package dev.weft.examples;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.weft.Weft;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;

/**
 * A thousand greenlets on one loop query a database through plain JDBC and a connection pool, both unaware of Weft. While
 * one waits for a result or a connection, the others run.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar jdbc URL [QUERIES]}
 */
public final class JdbcInGreenlets {
    private static final int CONNECTIONS = 20;

    private JdbcInGreenlets() {}

    /** Queries the database at the JDBC URL given first; the second argument is the number of queries, by default 1,000. */
    public static void main(String[] args) throws SQLException {
        if (args.length == 0) {
            throw new IllegalArgumentException(
                    "missing JDBC URL, such as jdbc:postgresql://127.0.0.1/postgres?user=me&password=secret");
        }
        int queries = args.length > 1 ? Integer.parseInt(args[1]) : 1_000;
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(args[0]);
        config.setMaximumPoolSize(CONNECTIONS);
        Weft.run(() -> {
            try (HikariDataSource pool = new HikariDataSource(config)) {
                long begin = System.nanoTime();
                List<Callable<Integer>> bodies = IntStream.rangeClosed(1, queries)
                        .<Callable<Integer>>mapToObj(number -> () -> twice(pool, number))
                        .toList();
                List<Integer> answers = Weft.all(bodies); // one greenlet each
                long millis = Duration.ofNanos(System.nanoTime() - begin).toMillis();
                long sum = answers.stream().mapToLong(Integer::longValue).sum();
                System.out.println(answers.size() + " answers with the sum " + sum + " took " + millis + " ms over "
                        + CONNECTIONS + " connections");
            }
        });
    }

    private static int twice(HikariDataSource pool, int number) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement query = connection.prepareStatement("select 2 * cast(? as int)")) {
            query.setInt(1, number);
            try (ResultSet rows = query.executeQuery()) {
                rows.next();
                return rows.getInt(1);
            }
        }
    }
}
