package dev.weft.io.automatic;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A MariaDB of the test's own: an empty database in a temporary directory, on a free port of loopback. */
final class MariaDbServer implements AutoCloseable {
    private static final String USER = System.getProperty("user.name");

    private final Path directory;
    private final Path log;
    private final int port;
    private @Nullable ServerProcess process;

    private MariaDbServer() throws IOException {
        directory = Files.createTempDirectory("weft-mariadb-");
        log = Files.createTempFile("weft-mariadb-", ".log");
        port = ServerProcess.freePort();
    }

    /** Makes a database and starts the server. */
    static MariaDbServer start() throws IOException {
        MariaDbServer server = new MariaDbServer();
        ServerProcess.run(
                List.of(
                        installed("mariadb-install-db"),
                        "--no-defaults",
                        "--user=" + USER,
                        "--datadir=" + server.directory,
                        "--auth-root-authentication-method=normal",
                        "--skip-test-db"),
                server.log);
        server.restart();
        return server;
    }

    private static String installed(String program) {
        return ServerProcess.installed(program, Stream.of(Path.of("/usr/sbin")), "mariadb-server")
                .toString();
    }

    /** Starts the server again, on the same port, with what had been committed before it was killed. */
    void restart() throws IOException {
        List<String> command = List.of(
                installed("mariadbd"),
                "--no-defaults",
                "--user=" + USER,
                "--datadir=" + directory,
                "--socket=" + directory.resolve("socket"),
                "--pid-file=" + directory.resolve("pid"),
                "--bind-address=127.0.0.1",
                "--port=" + port,
                "--innodb-buffer-pool-size=32M",
                "--innodb-flush-log-at-trx-commit=2"); // a commit survives the process, not the machine
        process = ServerProcess.start(
                command, log, () -> DriverManager.getConnection(url("mariadb")).close());
    }

    /** As if somebody had pulled the plug. */
    void kill() {
        if (process != null) {
            process.kill();
            process = null;
        }
    }

    /** For the driver of {@code protocol}: {@code mariadb} or {@code mysql}. */
    String url(String protocol) {
        return "jdbc:" + protocol + "://127.0.0.1:" + port + "/mysql?user=root&sslMode=DISABLED";
    }

    @Override
    public void close() throws IOException {
        kill();
        ServerProcess.delete(directory);
        Files.delete(log);
    }
}
