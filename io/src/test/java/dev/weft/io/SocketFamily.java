package dev.weft.io;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What the contracts need to know of a kind of stream socket. */
enum SocketFamily implements StreamFamily {
    TCP {
        @Override
        SocketListener<? extends SocketStream> listen(Path directory) throws IOException {
            return TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        }

        @Override
        SocketStream connect(SocketAddress address, @Nullable Duration timeout) throws IOException {
            return TcpStream.connect((InetSocketAddress) address, timeout);
        }

        @Override
        SocketAddress nobodyListens(Path directory) throws IOException {
            try (TcpListener listener = TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
                return listener.localAddress();
            }
        }

        @Override
        void reset(SocketChannel peer) throws IOException {
            peer.setOption(StandardSocketOptions.SO_LINGER, 0);
            peer.close();
        }
    },

    UNIX {
        @Override
        SocketListener<? extends SocketStream> listen(Path directory) throws IOException {
            return UnixListener.bind(directory.resolve("socket" + SERIAL.incrementAndGet()));
        }

        @Override
        SocketStream connect(SocketAddress address, @Nullable Duration timeout) throws IOException {
            return UnixStream.connect(((UnixDomainSocketAddress) address).getPath(), timeout);
        }

        @Override
        SocketAddress nobodyListens(Path directory) {
            return UnixDomainSocketAddress.of(directory.resolve("nobody"));
        }

        @Override
        void reset(SocketChannel peer) throws IOException {
            peer.close(); // with data that it has not read, which is a reset for this family
        }
    };

    private static final AtomicInteger SERIAL = new AtomicInteger();

    @Override
    public SocketContract.Pair pair(Path directory) throws IOException {
        try (var listener = listen(directory)) {
            SocketChannel peer = SocketChannel.open(listener.localAddress());
            return new SocketContract.Pair(listener.accept(), new ChannelPeer(peer));
        }
    }

    @Override
    public SocketContract.Ends ends(Path directory) throws IOException {
        try (var listener = listen(directory)) {
            return new SocketContract.Ends(connect(listener.localAddress(), null), listener.accept());
        }
    }

    private final class ChannelPeer implements Peer {
        private final SocketChannel channel;

        ChannelPeer(SocketChannel channel) {
            this.channel = channel;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return channel.read(target);
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            return channel.write(source);
        }

        @Override
        public void shutdownOutput() throws IOException {
            channel.shutdownOutput();
        }

        @Override
        public void reset() throws IOException {
            SocketFamily.this.reset(channel);
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    /** A listener at an address of its own. */
    abstract SocketListener<? extends SocketStream> listen(Path directory) throws IOException;

    abstract SocketStream connect(SocketAddress address, @Nullable Duration timeout) throws IOException;

    /** An address at which a connection is refused. */
    abstract SocketAddress nobodyListens(Path directory) throws IOException;

    /** Closes {@code peer}, which has data that it has not read, in the rude way. */
    abstract void reset(SocketChannel peer) throws IOException;
}
