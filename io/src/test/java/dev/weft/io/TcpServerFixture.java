package dev.weft.io;

import static dev.weft.io.SocketContract.bytes;
import static dev.weft.io.SocketContract.receive;

import dev.weft.CheckedAction;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.spi.LoopListener;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.extension.ExtendWith;

/** A loop to serve on, clients, and what nobody waited for. */
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
abstract class TcpServerFixture {
    static final InetSocketAddress ANY = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    final List<SocketChannel> clients = new ArrayList<>();
    final List<Throwable> uncaught = new CopyOnWriteArrayList<>();

    /** Runs {@code body} on a loop whose uncaught failures are collected; closes the clients. */
    void onLoop(CheckedAction<Exception> body) throws Exception {
        onLoop(new LoopListener() {}, body);
    }

    void onLoop(LoopListener listener, CheckedAction<Exception> body) throws Exception {
        try (LoopGroup group = LoopGroup.builder()
                .listener(listener)
                .uncaughtHandler((greenlet, failure) -> uncaught.add(failure))
                .open()) {
            group.spawn(body).join();
        } finally {
            for (SocketChannel client : clients) {
                client.close();
            }
        }
    }

    SocketChannel client(TcpServer server) throws IOException {
        SocketChannel client =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        clients.add(client);
        return client;
    }

    static void yieldUntil(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Weft.yieldNow();
        }
    }

    static void echo(TcpStream stream) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(64);
        while (stream.read(buffer) >= 0) {
            stream.write(buffer.flip());
            buffer.clear();
        }
    }

    static void untilKilled(TcpStream stream) throws IOException {
        stream.read(ByteBuffer.allocate(1));
    }

    /** Asks in a greenlet, as a blocking read of the answer would hold the server's loop. */
    static String ask(int port, String question) throws IOException {
        try (TcpStream stream = TcpStream.connect("127.0.0.1", port)) {
            stream.write(bytes(question));
            return receive(stream, question.length());
        }
    }
}
