package dev.weft.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/** The transport for every system: a {@link Selector}, with two direct buffers that all connections share. */
final class NioTransport implements Transport {
    private final Selector selector = Selector.open();
    private final SocketChannel[] channels;
    private final ByteBuffer received;
    private final ByteBuffer message;

    NioTransport(int connections, int messageSize) throws IOException {
        channels = new SocketChannel[connections];
        received = ByteBuffer.allocateDirect(messageSize);
        message = ByteBuffer.allocateDirect(messageSize);
    }

    @Override
    public void connect(int connection, InetSocketAddress server) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channels[connection] = channel;
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        if (connection >= CONNECTIONS_PER_SOURCE) {
            channel.bind(new InetSocketAddress(Transport.source(connection), 0));
        }
        channel.connect(server);
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, connection);
    }

    @Override
    public void select(int timeoutMillis, Sink sink) throws IOException {
        try {
            selector.select(
                    key -> {
                        try {
                            sink.ready((Integer) key.attachment());
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    timeoutMillis);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public int receive(int connection) throws IOException {
        received.clear();
        return channels[connection].read(received);
    }

    @Override
    public int receivedStamp() {
        return received.getInt(0);
    }

    @Override
    public void send(int connection, int stamp) throws IOException {
        message.clear().putInt(0, stamp);
        do {
            channels[connection].write(message);
        } while (message.hasRemaining());
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            if (channel != null) {
                channel.close();
            }
        }
        selector.close();
    }
}
