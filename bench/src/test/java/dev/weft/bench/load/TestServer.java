package dev.weft.bench.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A server in this process: a virtual thread for each connection. */
final class TestServer implements AutoCloseable {
    private static final int SMALL_BUFFER = 8 * 1024;

    private final ServerSocketChannel listener = ServerSocketChannel.open();

    /** What it does with a connection. */
    interface Service {
        void serve(SocketChannel channel) throws IOException;
    }

    TestServer(Service service) throws IOException {
        listener.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_BUFFER);
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
        Thread.startVirtualThread(() -> accept(service));
    }

    InetSocketAddress address() throws IOException {
        return (InetSocketAddress) listener.getLocalAddress();
    }

    private void accept(Service service) {
        while (true) {
            try {
                SocketChannel channel = listener.accept();
                Thread.startVirtualThread(() -> serve(service, channel));
            } catch (IOException e) {
                return; // the test is over
            }
        }
    }

    private static void serve(Service service, SocketChannel channel) {
        try (channel) {
            service.serve(channel);
        } catch (IOException e) {
            // The load generator has reset the connection.
        }
    }

    /** Sends everything back. */
    static void echo(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        while (channel.read(buffer.clear()) >= 0) {
            write(channel, buffer.flip());
        }
    }

    /** Reads until {@code length} bytes are there. */
    static ByteBuffer read(SocketChannel channel, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new IOException("the client has closed");
            }
        }
        return buffer.flip();
    }

    static void write(SocketChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
