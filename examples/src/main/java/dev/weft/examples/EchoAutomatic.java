package dev.weft.examples;

import dev.weft.Weft;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An echo server with implicit waits: {@code read} and {@code write} look blocking but yield to the loop.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar echo-automatic [PORT]}
 */
public final class EchoAutomatic {
    private EchoAutomatic() {}

    /** Listens on the port given as the argument, or on a free port. */
    public static void main(String[] args) throws IOException {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 0;
        Weft.run(() -> {
            TcpServer server = TcpServer.start("127.0.0.1", port, EchoAutomatic::echo);
            System.out.println("listening on 127.0.0.1:" + server.port());
            server.join();
        });
    }

    private static void echo(TcpStream stream) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
        while (stream.read(buffer) >= 0) {
            stream.write(buffer.flip());
            buffer.clear();
        }
    }
}
