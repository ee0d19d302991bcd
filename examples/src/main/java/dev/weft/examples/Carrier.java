package dev.weft.examples;

import dev.weft.Weft;
import dev.weft.io.TcpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import picocli.CommandLine;

/** What carries a connection of a server: all three listen and set up their sockets alike, so that they can be compared. */
enum Carrier {
    /** A greenlet for each connection, all on one loop. */
    GREENLETS {
        @Override
        void serve(InetSocketAddress address, Handler handler, Consumer<InetSocketAddress> listening)
                throws IOException {
            Weft.run(() -> {
                TcpServer server =
                        TcpServer.builder().backlog(BACKLOG).start(address, stream -> handler.serve(stream, stream));
                listening.accept(new InetSocketAddress(address.getAddress(), server.port()));
                Weft.await(new CompletableFuture<Void>()); // for ever
            });
        }
    },

    /** A virtual thread of the JDK for each connection, on the JDK's own scheduler. */
    VIRTUAL {
        @Override
        void serve(InetSocketAddress address, Handler handler, Consumer<InetSocketAddress> listening)
                throws IOException {
            serveBlocking(address, handler, listening, Thread.ofVirtual());
        }
    },

    /** A platform thread for each connection. */
    THREADS {
        @Override
        void serve(InetSocketAddress address, Handler handler, Consumer<InetSocketAddress> listening)
                throws IOException {
            serveBlocking(address, handler, listening, Thread.ofPlatform());
        }
    };

    private static final int BACKLOG = 4096;
    private static final int PAUSE_MILLIS = 10;

    /** Serves one connection, with calls that look as if they blocked. */
    interface Handler {
        /** {@code in} and {@code out} are both the connection. When this returns or throws, the connection is closed; an {@link IOException} ends it silently. */
        void serve(ReadableByteChannel in, WritableByteChannel out) throws IOException;
    }

    /** Listens on {@code address}, tells {@code listening} where that is, and serves until the process ends. */
    abstract void serve(InetSocketAddress address, Handler handler, Consumer<InetSocketAddress> listening)
            throws IOException;

    private static void serveBlocking(
            InetSocketAddress address, Handler handler, Consumer<InetSocketAddress> listening, Thread.Builder threads)
            throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            bind(listener, address);
            listening.accept((InetSocketAddress) listener.getLocalAddress());
            while (true) {
                acceptOne(listener, handler, threads);
            }
        }
    }

    private static void bind(ServerSocketChannel listener, InetSocketAddress address) throws IOException {
        try {
            listener.bind(address, BACKLOG);
        } catch (BindException e) {
            throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
        }
    }

    /** Survives what the greenlets' server survives: no descriptors left, no thread left. */
    private static void acceptOne(ServerSocketChannel listener, Handler handler, Thread.Builder threads) {
        try {
            SocketChannel connection = listener.accept();
            try {
                connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
                threads.start(() -> serveOne(connection, handler));
            } catch (Throwable t) {
                connection.close();
                throw t;
            }
        } catch (IOException | OutOfMemoryError e) {
            System.err.println("cannot accept: " + e.getMessage());
            pause();
        }
    }

    private static void serveOne(SocketChannel connection, Handler handler) {
        try (connection) {
            handler.serve(connection, connection);
        } catch (IOException e) {
            // It ends this connection alone.
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Finds a carrier by its name, for picocli. */
    static final class Named implements CommandLine.ITypeConverter<Carrier> {
        @Override
        public Carrier convert(String name) {
            return Arrays.stream(values())
                    .filter(carrier -> carrier.toString().equals(name))
                    .findAny()
                    .orElseThrow(() -> new CommandLine.TypeConversionException(
                            "\"" + name + "\" is none of greenlets, virtual, threads"));
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
