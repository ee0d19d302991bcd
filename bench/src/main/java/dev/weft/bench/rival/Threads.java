package dev.weft.bench.rival;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.function.IntConsumer;

/** The JDK's threads, one per connection. */
final class Threads implements Rival, Concurrency<SocketChannel> {
    private static final int PAUSE_MILLIS = 10;

    private final Executor threads;
    private final JavaNet sockets;

    /**
     * @param threads runs each task in its own thread
     * @param sockets serves TLS on such threads, which the JDK offers for {@code java.net.Socket} only
     */
    private Threads(Executor threads, JavaNet sockets) {
        this.threads = threads;
        this.sockets = sockets;
    }

    /** Returns a server on virtual threads, started the cheapest way: without an executor that tracks them. */
    static Threads virtual() {
        return new Threads(Thread::startVirtualThread, JavaNet.onVirtualThreads());
    }

    /** Returns a server on platform threads, from a pool that keeps idle threads for a while. */
    static Threads platform() {
        return new Threads(Executors.newCachedThreadPool(), JavaNet.onPlatformThreads());
    }

    /** Never returns. */
    @Override
    public void serve(Terms terms, IntConsumer listening) throws Exception {
        if (terms.service() == Service.TLS) {
            sockets.serve(terms, listening);
            return;
        }
        Handler<SocketChannel> handler = Handler.of(terms, this);
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
            listening.accept(listener.socket().getLocalPort());
            while (true) {
                acceptOne(listener, handler);
            }
        }
    }

    /** Survives running out of descriptors or threads, as the server on greenlets does. */
    private void acceptOne(ServerSocketChannel listener, Handler<SocketChannel> handler) throws IOException {
        try {
            SocketChannel connection = listener.accept();
            try {
                connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
                threads.execute(() -> serveOne(connection, handler));
            } catch (Throwable t) {
                connection.close();
                throw t;
            }
        } catch (IOException | OutOfMemoryError e) {
            System.err.println("cannot accept: " + e);
            pause();
        }
    }

    private static void serveOne(SocketChannel connection, Handler<SocketChannel> handler) {
        try (connection) {
            handler.serve(connection);
        } catch (IOException e) {
            // Affects only this connection.
        }
    }

    private static void pause() throws InterruptedIOException {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    @Override
    public SocketChannel connect(InetSocketAddress address) throws IOException {
        SocketChannel channel = SocketChannel.open(address);
        try {
            return channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        } catch (Throwable t) {
            channel.close();
            throw t;
        }
    }

    @Override
    public void shutdownOutput(SocketChannel connection) throws IOException {
        connection.shutdownOutput();
    }

    @Override
    public void both(Branch first, Branch second) throws IOException {
        FutureTask<Void> beside = new FutureTask<>(() -> {
            first.run();
            return null;
        });
        threads.execute(beside);
        try {
            second.run();
        } finally {
            awaitEnd(beside);
        }
    }

    private static void awaitEnd(FutureTask<Void> task) throws IOException {
        try {
            task.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    @Override
    public <T> Deque<T> sharedDeque() {
        return new ConcurrentLinkedDeque<>();
    }
}
