package dev.weft.io.automatic;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ConnectionPoolConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.RedisClient;

/** A Redis of the test's own: empty, keeping nothing, on a free port of loopback. */
final class RedisServer implements AutoCloseable {
    private static final String HOST = "127.0.0.1";

    private final Path directory;
    private final Path log;
    private final int port;
    private @Nullable ServerProcess process;

    private RedisServer() throws IOException {
        directory = Files.createTempDirectory("weft-redis-");
        log = Files.createTempFile("weft-redis-", ".log");
        port = ServerProcess.freePort();
    }

    static RedisServer start() throws IOException {
        RedisServer server = new RedisServer();
        server.restart();
        return server;
    }

    /** Starts it again, empty, on the same port. */
    void restart() throws IOException {
        Path program = ServerProcess.installed("redis-server", Stream.empty(), "redis-server");
        List<String> command = List.of(
                program.toString(),
                "--bind",
                HOST,
                "--port",
                String.valueOf(port),
                "--save",
                "",
                "--dir",
                directory.toString());
        process = ServerProcess.start(command, log, () -> {
            try (Jedis probe = connect()) {
                probe.ping();
            }
        });
    }

    /** Kills it, as SIGKILL does. */
    void kill() {
        if (process != null) {
            process.kill();
            process = null;
        }
    }

    /** Where it listens, on loopback. */
    int port() {
        return port;
    }

    /** A connection of the caller's own. */
    Jedis connect() {
        return new Jedis(HOST, port);
    }

    /** A client whose calls take a connection from a pool of {@code size}, and wait while there is none. */
    RedisClient client(int size) {
        return client(size, 60_000);
    }

    /** As {@link #client(int)}, with a time limit for an answer. */
    RedisClient client(int size, int answerMillis) {
        ConnectionPoolConfig pool = new ConnectionPoolConfig();
        pool.setMaxTotal(size);
        pool.setMaxIdle(size);
        // Without a limit commons-pool2 spins while another opens a connection, and the other never gets the loop.
        pool.setMaxWait(Duration.ofMinutes(1));
        pool.setJmxEnabled(false);
        return RedisClient.builder()
                .hostAndPort(HOST, port)
                .clientConfig(DefaultJedisClientConfig.builder()
                        .socketTimeoutMillis(answerMillis)
                        .build())
                .poolConfig(pool)
                .build();
    }

    @Override
    public void close() throws IOException {
        kill();
        ServerProcess.delete(directory);
        Files.delete(log);
    }
}
