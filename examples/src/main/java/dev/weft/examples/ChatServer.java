package dev.weft.examples;

import dev.weft.Weft;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * A chat server that sends every line to all members. Try it with {@code nc 127.0.0.1 PORT} in two terminals.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar chat [PORT]}
 */
public final class ChatServer {
    // A plain set without a lock: all members are greenlets of one loop.
    private final Set<ArrayBlockingQueue<String>> outboxes = new HashSet<>();

    private ChatServer() {}

    /** Listens on the port given as the argument, or on a free port. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 0;
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        Weft.run(() -> {
            TcpServer server = TcpServer.start(address, new ChatServer()::serve);
            System.out.println("listening on 127.0.0.1:" + server.port());
            server.join();
        });
    }

    private void serve(TcpStream stream) throws IOException {
        var outbox = new ArrayBlockingQueue<String>(100);
        var sender = Weft.spawn("to " + stream, () -> send(outbox, stream));
        outboxes.add(outbox);
        try (var lines = new BufferedReader(new InputStreamReader(stream.input(), StandardCharsets.UTF_8))) {
            for (String line; (line = lines.readLine()) != null; ) {
                for (var member : outboxes) {
                    member.offer(line); // dropped for a member that is 100 lines behind
                }
            }
        } finally {
            outboxes.remove(outbox);
            sender.kill();
        }
    }

    static void send(ArrayBlockingQueue<String> outbox, TcpStream stream) {
        try {
            while (true) {
                stream.write(StandardCharsets.UTF_8.encode(outbox.take() + "\n"));
            }
        } catch (IOException | InterruptedException e) {
            // The member is gone; either this write or serve has noticed.
        }
    }
}
