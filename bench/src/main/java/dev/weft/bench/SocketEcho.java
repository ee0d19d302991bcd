package dev.weft.bench;

import dev.weft.Weft;
import dev.weft.io.net.WeftSockets;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ServerSocketFactory;

/**
 * An echo server in the oldest style, a blocking task for each {@link Socket} and its streams, on any of four carriers.
 * The tasks are the same; what differs is what runs them, and whose sockets they are.
 */
public final class SocketEcho {
    private static final int BACKLOG = 4096;
    private static final int BUFFER_SIZE = 4096;

    private final ServerSocket listener;
    private final Consumer<Runnable> carrier;

    private SocketEcho(ServerSocketFactory sockets, String on, Consumer<Runnable> carrier) throws IOException {
        this.listener = sockets.createServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        this.carrier = carrier;
        System.out.println("listening on 127.0.0.1:" + listener.getLocalPort() + " (" + on + ")");
    }

    /**
     * Serves on a free port until it is killed; the argument says who serves: {@code threads}, {@code virtual},
     * {@code greenlets-jdk} (with the JDK's sockets) or {@code greenlets} (with Weft's).
     */
    public static void main(String[] args) throws IOException {
        ServerSocketFactory jdk = ServerSocketFactory.getDefault();
        String on = List.of(args).get(0);
        switch (on) {
            case "threads" -> new SocketEcho(jdk, on, Thread.ofPlatform()::start).serve();
            case "virtual" -> new SocketEcho(jdk, on, Thread.ofVirtual()::start).serve();
            case "greenlets-jdk" -> Weft.run(() -> new SocketEcho(jdk, on, SocketEcho::spawn).serve());
            case "greenlets" ->
                Weft.run(() -> new SocketEcho(WeftSockets.serverSocketFactory(), on, SocketEcho::spawn).serve());
            default -> throw new BenchFailure("\"" + on + "\" is none of threads, virtual, greenlets-jdk, greenlets");
        }
    }

    private static void spawn(Runnable task) {
        Weft.spawn(task::run);
    }

    private void serve() throws IOException {
        while (true) {
            Socket connection = listener.accept();
            connection.setTcpNoDelay(true);
            carrier.accept(() -> echo(connection));
        }
    }

    private static void echo(Socket connection) {
        byte[] buffer = new byte[BUFFER_SIZE];
        try (connection) {
            InputStream in = connection.getInputStream();
            OutputStream out = connection.getOutputStream();
            int length = in.read(buffer);
            while (length >= 0) {
                out.write(buffer, 0, length);
                length = in.read(buffer);
            }
        } catch (IOException e) {
            // It ends this connection alone.
        }
    }
}
