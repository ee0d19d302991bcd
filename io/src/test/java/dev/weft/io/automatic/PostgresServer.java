package dev.weft.io.automatic;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL of the test's own: an empty database in a temporary directory, on a free port of loopback. */
final class PostgresServer implements AutoCloseable {
    private static final Path INSTALLATIONS = Path.of("/usr/lib/postgresql");
    private static final String OWNER = "postgres";
    private static final String USER = "weft";

    private final Path bin;
    private final Path directory;
    private final Path log;
    private final int port;
    private @Nullable ServerProcess process;

    private PostgresServer() throws IOException {
        bin = ServerProcess.installed("initdb", installations(), "postgresql").resolveSibling("");
        directory = Files.createTempDirectory("weft-postgres-");
        log = Files.createTempFile("weft-postgres-", ".log");
        port = ServerProcess.freePort();
    }

    /** The newest first; Debian does not put them on the path. */
    private static Stream<Path> installations() throws IOException {
        if (!Files.isDirectory(INSTALLATIONS)) {
            return Stream.empty();
        }
        try (Stream<Path> versions = Files.list(INSTALLATIONS)) {
            return versions
                    .sorted(Comparator.comparing(
                                    (Path version) -> version.getFileName().toString())
                            .reversed())
                    .map(version -> version.resolve("bin"))
                    .toList()
                    .stream();
        }
    }

    /** Makes a database and starts the server. */
    static PostgresServer start() throws IOException {
        PostgresServer server = new PostgresServer();
        List<String> initdb = server.asOwner("initdb");
        initdb.addAll(List.of("-U", USER, "--auth=trust", "--no-sync", "--no-locale", "--encoding=UTF8"));
        ServerProcess.run(initdb, server.log);
        server.restart();
        return server;
    }

    /** The command {@code program} on the database's directory; the server refuses to be run by root. */
    private List<String> asOwner(String program) throws IOException {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            Files.setOwner(
                    directory,
                    directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(OWNER));
            command.addAll(List.of("setpriv", "--reuid=" + OWNER, "--regid=" + OWNER, "--clear-groups"));
        }
        command.addAll(List.of(bin.resolve(program).toString(), "-D", directory.toString()));
        return command;
    }

    /** Starts the server again, on the same port, with what had been committed before it was killed. */
    void restart() throws IOException {
        List<String> command = asOwner("postgres");
        for (String setting : List.of(
                "listen_addresses=127.0.0.1",
                "port=" + port,
                "unix_socket_directories=",
                "max_connections=120",
                "client_connection_check_interval=100ms", // a query whose client has gone ends
                "synchronous_commit=off")) {
            command.addAll(List.of("-c", setting));
        }
        process = ServerProcess.start(command, log, () -> connect().close());
    }

    /** As if somebody had pulled the plug: SIGKILL for all its processes. */
    void kill() {
        if (process != null) {
            process.kill();
            process = null;
        }
    }

    /** For {@code DriverManager} and pools. */
    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=" + USER + "&sslmode=disable";
    }

    /** A connection of the caller's own. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(url());
    }

    /** A pool of {@code size} connections, which are opened as they are wanted; one waits a minute for them. */
    HikariDataSource pool(int size) {
        return pool(size, Duration.ofMinutes(1));
    }

    /** As {@link #pool(int)}, with another time that one waits. */
    HikariDataSource pool(int size, Duration patience) {
        HikariConfig config = config(size);
        config.setConnectionTimeout(patience.toMillis());
        return new HikariDataSource(config);
    }

    /** For a pool that is not as the others. */
    HikariConfig config(int size) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url());
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(60_000);
        return config;
    }

    /** Runs one statement on a connection of its own. */
    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The one number that a query gives, on a connection of its own. */
    long number(String sql) throws SQLException {
        try (Connection connection = connect()) {
            return number(connection, sql);
        }
    }

    /** The one number that a query gives. */
    static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Override
    public void close() throws IOException {
        kill();
        ServerProcess.delete(directory);
        Files.delete(log);
    }
}
