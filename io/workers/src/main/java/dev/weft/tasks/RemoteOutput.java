package dev.weft.tasks;

import dev.weft.CheckedAction;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a task writes to in a process: a connection to the {@link OutputServer} of its registry. */
final class RemoteOutput extends TaskOutput {
    private static final long serialVersionUID = 1L;

    private final int port;
    private final String key;
    private transient @Nullable Socket connection;

    RemoteOutput(int port, String key) {
        this.port = port;
        this.key = key;
    }

    String key() {
        return key;
    }

    int port() {
        return port;
    }

    @Override
    void begin() {
        uninterrupted(() -> connection = new Socket(InetAddress.getLoopbackAddress(), port));
        append(key);
    }

    @Override
    void append(String line) {
        uninterrupted(() -> connection().getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    /** Waits until everything has been stored. */
    @Override
    void end() {
        uninterrupted(() -> {
            try (Socket ending = connection()) {
                ending.shutdownOutput();
                ending.getInputStream().readAllBytes();
            }
        });
    }

    private Socket connection() {
        return Objects.requireNonNull(connection, "not begun");
    }

    /** Runs {@code transfer}, which a kill does not end. (An interrupt does not end one on a thread anyway.) */
    private static void uninterrupted(CheckedAction<IOException> transfer) {
        try {
            if (Suspension.isOnLoop()) {
                Weft.shield(transfer);
            } else {
                transfer.run();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the registry of this task cannot be reached", e);
        }
    }
}
