package dev.weft.examples;

import dev.weft.Weft;
import dev.weft.io.TcpListener;
import dev.weft.io.TcpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * An echo server with explicit waits: {@code await} marks each place where another greenlet may run. It also accepts
 * connections itself, which {@code TcpServer} does in {@link EchoAutomatic}.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar echo-explicit [PORT]}
 */
public final class EchoExplicit {
    private EchoExplicit() {}

    /** Listens on the port given as the argument, or on a free port. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 0;
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        Weft.run(() -> {
            try (TcpListener listener = TcpListener.bind(address)) {
                System.out.println("listening on 127.0.0.1:" + listener.port());
                while (true) {
                    TcpStream stream = Weft.await(listener.accepting());
                    Weft.spawn("echo to " + stream, () -> echo(stream));
                }
            }
        });
    }

    private static void echo(TcpStream stream) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
        try (stream) {
            while (Weft.await(stream.reading(buffer)) >= 0) {
                Weft.await(stream.writing(buffer.flip()));
                buffer.clear();
            }
        } catch (IOException e) {
            System.err.println(stream + ": " + e.getMessage()); // affects only this connection
        }
    }
}
