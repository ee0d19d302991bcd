package dev.weft.tasks;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.io.Lines;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Receives the output of tasks that run in processes. Each task connects, sends its key, and then lines. When all lines have been
 * stored, the connection is closed, for which the task waits before it ends. Listens once there is such a task. (On the loopback
 * interface, since a port leaves nothing behind however this process ends; the key keeps others out.)
 */
final class OutputServer {
    private static final int KEY_BYTES = 16;

    private final Loop home = Loop.current();
    private final SecureRandom random = new SecureRandom();
    private final Map<String, LocalOutput> expected = new ConcurrentHashMap<>(); // by key
    private @Nullable ServerSocketChannel listening; // guarded by this
    private @Nullable Greenlet<TcpServer> server; // guarded by this

    /** Returns what a task in a process writes to instead of {@code output}. Any thread; never waits. */
    RemoteOutput remote(LocalOutput output) {
        try {
            byte[] key = new byte[KEY_BYTES];
            random.nextBytes(key);
            RemoteOutput remote = new RemoteOutput(port(), HexFormat.of().formatHex(key));
            expected.put(remote.key(), output);
            return remote;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen for the output of tasks", e);
        }
    }

    private synchronized int port() throws IOException {
        ServerSocketChannel present = listening;
        if (present == null) {
            ServerSocketChannel opened = ServerSocketChannel.open();
            opened.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            listening = present = opened;
            server = home.spawn("task output", () -> TcpServer.builder().start(opened, this::receive));
        }
        return ((InetSocketAddress) present.getLocalAddress()).getPort();
    }

    private void receive(TcpStream stream) throws IOException {
        Lines lines = Lines.of(stream.input());
        Optional<String> key = lines.read();
        LocalOutput output = key.isEmpty() ? null : expected.get(key.get());
        if (output != null) {
            output.begin();
            lines.forEach(output::append);
        }
    }

    /** The task has ended. */
    void forget(LocalOutput output) {
        expected.values().remove(output);
    }

    /** Stops listening. */
    void close() {
        Greenlet<TcpServer> present;
        synchronized (this) {
            present = server;
        }
        if (present != null) {
            present.join().stop(Duration.ZERO);
        }
    }
}
