package com.example.orders;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A PostgreSQL of the test's own. A commit survives the death of the server, though not that of the machine. */
final class Postgres implements AutoCloseable {
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

    private final Path directory;
    private final Path log;
    private final int port = ServerProcess.freePort();
    private ServerProcess server;

    Postgres(Path logs) throws Exception {
        directory = Files.createTempDirectory("orders-postgres-");
        log = logs.resolve("postgres.log");
        List<String> initdb = command("initdb", "-U", "orders", "--auth=trust", "--no-sync", "--encoding=UTF8");
        int status = ServerProcess.start(initdb, log).exitStatus();
        if (status != 0) {
            throw new AssertionError("initdb: " + Files.readString(log));
        }
        restart();
    }

    private List<String> command(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) { // which the server refuses
            Files.setOwner(
                    directory,
                    directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres"));
            command.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
        }
        command.addAll(List.of(installed(program), "-D", directory.toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Debian does not put its programs on the path. */
    private static String installed(String program) throws IOException {
        if (!Files.isDirectory(DEBIAN)) {
            return program;
        }
        try (Stream<Path> versions = Files.list(DEBIAN)) {
            return versions.max(Comparator.naturalOrder())
                    .orElseThrow()
                    .resolve("bin")
                    .resolve(program)
                    .toString();
        }
    }

    void kill() {
        server.close();
    }

    void restart() throws IOException {
        server = ServerProcess.start(
                command(
                        "postgres",
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "port=" + port,
                        "-c",
                        "unix_socket_directories=",
                        "-c",
                        "fsync=off"),
                log);
        ServerProcess.await("PostgreSQL answers", () -> connect().close());
    }

    String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=orders&sslmode=disable";
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(url());
    }

    /** Returns the first column of all rows. */
    List<String> query(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    @Override
    public void close() throws IOException {
        kill();
        ServerProcess.delete(directory);
    }
}
