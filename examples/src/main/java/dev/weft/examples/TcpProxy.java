package dev.weft.examples;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * A TCP proxy with two greenlets per connection, one for each direction.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar proxy PORT HOST TARGET_PORT}
 */
public final class TcpProxy {
    private static final int BUFFER_SIZE = 16 * 1024;

    private TcpProxy() {}

    /** Arguments: the port to listen on (0 for a free one), then the host and the port of the target. */
    public static void main(String[] args) throws IOException {
        if (args.length != 3) {
            throw new IllegalArgumentException("proxy needs a port, a target host and a target port");
        }
        int targetPort = Integer.parseInt(args[2]);
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        Weft.run(() -> {
            TcpServer server = TcpServer.start(address, client -> serve(client, args[1], targetPort));
            System.out.println("listening on 127.0.0.1:" + server.port());
            server.join();
        });
    }

    private static void serve(TcpStream client, String host, int port) throws IOException {
        try (TcpStream target = TcpStream.connect(host, port)) {
            Greenlet<?> answers = Weft.spawn("answers of " + target, () -> pump(target, client));
            pump(client, target);
            answers.join();
        }
    }

    private static void pump(TcpStream from, TcpStream to) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
        try {
            while (from.read(buffer) >= 0) {
                to.write(buffer.flip());
                buffer.clear();
            }
            to.shutdownOutput(); // ends this direction; the other may continue
        } catch (IOException e) {
            from.close(); // one side is broken, so end the other direction too
            to.close();
        }
    }
}
