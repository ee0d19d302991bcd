package dev.weft.bench.scale;

import dev.weft.Weft;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ThreadFactory;

/**
 * {@code FirstSteps KIND STEP}: a program that does one thing and ends. Says how many nanoseconds passed since its main
 * began, and the time of day in milliseconds.
 */
final class FirstSteps {
    private static final int MESSAGE_BYTES = 64;

    private final long start;

    private FirstSteps(long start) {
        this.start = start;
    }

    /** Who does it. */
    enum Kind {
        GREENLETS,
        VIRTUAL,
        PLATFORM
    }

    /** What is done. */
    enum Step {
        /** A task runs. */
        TASK,
        /** A server listens; a client, in a task of its own, connects, sends 64 bytes and gets them back. */
        ECHO
    }

    public static void main(String[] args) throws Exception {
        FirstSteps steps = new FirstSteps(System.nanoTime());
        boolean echo = args[1].equals("ECHO");
        switch (args[0]) {
            case "GREENLETS" -> steps.inGreenlets(echo);
            case "VIRTUAL" -> steps.inThreads(Thread.ofVirtual().factory(), echo);
            default -> steps.inThreads(Thread.ofPlatform().factory(), echo);
        }
    }

    private void done() {
        long nanos = System.nanoTime() - start;
        System.out.println(nanos + " " + System.currentTimeMillis());
    }

    private void inGreenlets(boolean echo) throws IOException {
        Weft.run(() -> {
            if (echo) {
                TcpServer server = TcpServer.start(anywhere(), FirstSteps::sendBack);
                try (TcpStream client =
                        TcpStream.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()))) {
                    talk(client);
                }
                done();
                server.close();
            } else {
                done();
            }
        });
    }

    private void inThreads(ThreadFactory threads, boolean echo) throws Exception {
        Thread first = threads.newThread(() -> {
            try {
                if (echo) {
                    echoInThreads(threads);
                }
                done();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        first.start();
        first.join();
    }

    private static void echoInThreads(ThreadFactory threads) throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(anywhere());
            threads.newThread(() -> acceptOne(listener)).start();
            try (SocketChannel client = SocketChannel.open(listener.getLocalAddress())) {
                talk(client);
            }
        }
    }

    private static void acceptOne(ServerSocketChannel listener) {
        try (SocketChannel connection = listener.accept()) {
            sendBack(connection);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void sendBack(ByteChannel connection) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(MESSAGE_BYTES);
        while (connection.read(buffer.clear()) >= 0) {
            connection.write(buffer.flip());
        }
    }

    private static void talk(ByteChannel client) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(MESSAGE_BYTES);
        client.write(buffer);
        buffer.clear();
        int read = 0;
        while (buffer.hasRemaining() && read >= 0) {
            read = client.read(buffer);
        }
    }

    private static InetSocketAddress anywhere() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }
}
