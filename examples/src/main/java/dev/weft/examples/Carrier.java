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

/** The kind of task that serves a connection. All three listen and set up their sockets alike, so that they are comparable. */
enum Carrier {
    /** A greenlet per connection, all on one loop. */
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

    /** A virtual thread per connection, on the JDK's own scheduler. */
    VIRTUAL {
        @Override
        void serve(InetSocketAddress address, Handler handler, Consumer<InetSocketAddress> listening)
                throws IOException {
            serveBlocking(address, handler, listening, Thread.ofVirtual());
        }
    },

    /** A platform thread per connection. */
    THREADS {
        @Override
        void serve(InetSocketAddress address, Handler handler, Consumer<InetSocketAddress> listening)
                throws IOException {
            serveBlocking(address, handler, listening, Thread.ofPlatform());
        }
    };

    private static final int BACKLOG = 4096;
    private static final int PAUSE_MILLIS = 10;

    /** Serves one connection in blocking style. */
    interface Handler {
        /**
         * Serves the connection that is both {@code in} and {@code out}. The caller closes it when this returns or throws; an
         * {@link IOException} is not reported.
         */
        void serve(ReadableByteChannel in, WritableByteChannel out) throws IOException;
    }

    /** Listens on {@code address}, passes the bound address to {@code listening}, and serves until the process ends. */
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

    /** Survives running out of descriptors or threads, as the server on greenlets does. */
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
            // Affects only this connection.
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Converts a name to a carrier, for picocli. */
    static final class Named implements CommandLine.ITypeConverter<Carrier> {
        @Override
        public Carrier convert(String name) {
            return Arrays.stream(values())
                    .filter(carrier -> carrier.toString().equals(name))
                    .findAny()
                    .orElseThrow(() -> new CommandLine.TypeConversionException(
                            "\"" + name + "\" is not one of greenlets, virtual, threads"));
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
