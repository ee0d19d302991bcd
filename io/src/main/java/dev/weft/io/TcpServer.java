package dev.weft.io;

import dev.weft.Action;
import dev.weft.Awaitable;
import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.WaitQueue;
import dev.weft.spi.Waiter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A TCP server: one greenlet accepts, and each connection is served by a greenlet of its own. When that ends, the
 * connection is closed.
 *
 * <p>While {@linkplain Builder#maxConnections as many connections as allowed} are open it does not accept; further ones
 * wait in the system's backlog. When accepting fails, as it does when no descriptor is left, it tries again after 10
 * ms, and after each further failure waits twice as long, up to a second.
 *
 * <p>{@link #start} must be called by a greenlet; {@link #stop}, {@link #close}, {@link #port} and {@link #connections}
 * by any thread.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // the home loop alone writes
public final class TcpServer implements AutoCloseable {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LAST_GRACE = Duration.ofSeconds(10);
    private static final System.Logger LOGGER = System.getLogger("dev.weft.io");

    static {
        Suspension.spawnsForOthers(TcpServer.class);
    }

    private final Loop home;
    private final Supplier<Loop> servingLoops;
    private final TcpListener listener;
    private final int port;
    private final Handler handler;
    private final int maxConnections;
    private final int acceptsInARow;
    private final Occupancy occupancy = new Occupancy();
    private final Greenlet<@Nullable Void> acceptor;

    // Belongs to the home loop; so do the changes of what others may look at.
    private final List<Connection> serving = new ArrayList<>(); // each knows its index
    private volatile int connections;
    private volatile long acceptFailures;
    private boolean stopping; // connections may still end by themselves
    private volatile List<Connection> killed = List.of(); // when the server was closed

    /** Serves one connection. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Called in a greenlet of its own, on the stream's loop; when it ends, the stream is closed. An {@link
         * IOException}, checked or unchecked, ends only this connection and is logged at level {@code DEBUG}; anything
         * else goes to the group's uncaught handler. Greenlets that it spawns are not waited for; what they wait for on
         * the stream ends with the stream.
         */
        void serve(TcpStream stream) throws Exception;
    }

    private TcpServer(Builder builder, TcpListener listener, Handler handler) throws IOException {
        this.listener = listener;
        this.handler = handler;
        port = listener.port();
        home = Loop.current();
        servingLoops = builder.loops == null ? () -> home : builder.loops::next;
        maxConnections = builder.maxConnections;
        acceptsInARow = builder.acceptsInARow;
        acceptor = Weft.spawn("accept " + listener, this::accept);
        Suspension.whenEnded(acceptor, ended -> listener.close());
    }

    /**
     * Listens on {@code address} and serves with {@code handler}, with the defaults of {@link #builder}. For greenlets.
     */
    public static TcpServer start(InetSocketAddress address, Handler handler) throws IOException {
        return builder().start(address, handler);
    }

    /**
     * As {@link #start(InetSocketAddress, Handler)}: {@code start("127.0.0.1", 7000, handler)}. Waits while a name is
     * looked up.
     */
    public static TcpServer start(String host, int port, Handler handler) throws IOException {
        return builder().start(TcpListener.address(host, port), handler);
    }

    /** A builder, for a server with other settings than the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    private void accept() {
        try {
            acceptUntilClosed();
        } finally {
            if (!stopping) {
                killAll();
            }
        }
    }

    private void acceptUntilClosed() {
        Duration pause = FIRST_PAUSE;
        int accepted = 0;
        while (listener.isOpen()) {
            Weft.await(occupancy);
            try {
                serve(listener.acceptChannel(null));
                pause = FIRST_PAUSE;
                if (++accepted % acceptsInARow == 0) {
                    Weft.yieldNow();
                }
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                acceptFailures++;
                warn(listener + " cannot accept, next try in " + pause, e);
                Weft.sleep(pause);
                pause = longer(pause);
            }
        }
    }

    /** Without descriptors even the logger may fail, with an Error; the acceptor must go on. */
    private static void warn(String message, IOException failure) {
        try {
            LOGGER.log(System.Logger.Level.WARNING, message, failure);
        } catch (Throwable loggerFailed) {
            // The failure was counted.
        }
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }

    private void serve(SocketChannel accepted) throws IOException {
        Connection connection = new Connection(accepted);
        try {
            connection.start(servingLoops.get());
        } catch (Throwable t) {
            accepted.close();
            throw t;
        }
        connections++;
        connection.index = serving.size();
        serving.add(connection);
    }

    /** A connection from its accept until its greenlet has ended; the body of that greenlet. */
    private final class Connection implements Action, Consumer<Greenlet<?>> {
        private final SocketChannel accepted;
        private @Nullable Greenlet<?> greenlet;
        private int index; // in serving

        Connection(SocketChannel accepted) {
            this.accepted = accepted;
        }

        void start(Loop loop) throws IOException {
            Greenlet<?> spawned = loop.spawn(name(), this);
            greenlet = spawned;
            Suspension.whenEnded(spawned, this);
        }

        /** The peer, and the port at which it is served: what logs and lists of greenlets show. */
        private String name() throws IOException {
            return Addresses.text((InetSocketAddress) accepted.getRemoteAddress()) + "->" + port;
        }

        @Override
        public void run() throws Exception {
            try (TcpStream stream = TcpStream.adopt(accepted)) {
                handler.serve(stream);
            } catch (IOException | UncheckedIOException e) {
                LOGGER.log(System.Logger.Level.DEBUG, "a connection of " + listener + " ended", e);
            }
        }

        /** Called on the loop of its greenlet, which has ended. */
        @Override
        public void accept(Greenlet<?> ended) {
            closeQuietly(accepted); // a greenlet that was killed before it ran has not closed it
            Suspension.tell(home, () -> TcpServer.this.ended(this));
        }

        @Override
        public String toString() {
            return String.valueOf(greenlet);
        }

        void kill() {
            if (greenlet != null) {
                greenlet.kill("the server is stopped");
            }
        }

        /** A greenlet yields until then; a thread blocks. */
        boolean hasEndedWithin(Duration grace) {
            return greenlet == null || greenlet.killAndJoin(grace);
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed all the same.
        }
    }

    private void ended(Connection connection) {
        Connection last = serving.remove(serving.size() - 1);
        if (last != connection) {
            last.index = connection.index;
            serving.set(connection.index, last);
        }
        connections--;
        occupancy.changed();
    }

    /** Awaited until there is room for one more connection, or, once stopped, until the last one has ended. */
    private final class Occupancy implements Awaitable<@Nullable Void> {
        private final WaitQueue<@Nullable Void> waiters = new WaitQueue<>(); // several callers may stop it at once

        private boolean isGood() {
            return listener.isOpen() ? connections < maxConnections : connections == 0;
        }

        @Override
        @SuppressWarnings("NullAway") // a Void is always null
        public void subscribe(Waiter<? super @Nullable Void> subscriber) {
            if (isGood()) {
                subscriber.succeed(null);
            } else {
                waiters.add(subscriber);
            }
        }

        @Override
        public boolean unsubscribe(Waiter<? super @Nullable Void> subscriber) {
            waiters.remove(subscriber);
            return true;
        }

        @SuppressWarnings("NullAway") // a Void is always null
        void changed() {
            Waiter<? super @Nullable Void> subscriber;
            while (isGood() && (subscriber = waiters.poll()) != null) {
                subscriber.succeed(null);
            }
        }

        @Override
        public String toString() {
            return "room for a connection of " + listener;
        }
    }

    /** The port on which it listens. */
    public int port() {
        return port;
    }

    /** How many connections are open. */
    public int connections() {
        return connections;
    }

    /** How many times accepting has failed so far. */
    public long acceptFailures() {
        return acceptFailures;
    }

    /** The address on which it listens. */
    public InetSocketAddress localAddress() throws IOException {
        return listener.localAddress();
    }

    /** Waits until it no longer accepts, because it was stopped or closed. A greenlet yields, a thread blocks. */
    public void join() {
        try {
            acceptor.join();
        } catch (Cancelled e) {
            if (!acceptor.state().isDone()) {
                throw e; // the caller was killed
            }
        }
    }

    /**
     * Closes the listener and kills every connection, without waiting for their ends. Any thread. When the loop that
     * started the server closes, the same happens, whichever loops serve the connections.
     */
    @Override
    public void close() {
        listener.close();
        acceptor.kill("the server is closed");
        Suspension.tell(home, this::killAll); // if it is closed, the end of the acceptor has killed them
    }

    private void killAll() {
        killed = List.copyOf(serving);
        killed.forEach(Connection::kill);
    }

    /**
     * Stops the server: closes the listener at once, waits {@code grace} for the connections to end, and kills those
     * that are left. Returns when all have ended, or ten seconds after the kill; handlers that swallow the kill are
     * logged, and end with their loop at the latest. A greenlet yields, a thread blocks.
     */
    public void stop(Duration grace) {
        Objects.requireNonNull(grace, "grace");
        Greenlet<?> stopper;
        try {
            stopper = home.spawn("stop " + listener, () -> stopOnLoop(grace));
        } catch (RejectedExecutionException homeCloses) {
            awaitEndOfHome();
            return;
        }
        try {
            stopper.join();
        } catch (Cancelled e) {
            if (!stopper.state().isDone()) {
                throw e; // the caller was killed
            }
            awaitEndOfHome();
        }
    }

    /** The loop that accepts is closing or closed, so everything is being killed; waits for that. */
    private void awaitEndOfHome() {
        listener.close();
        long begin = System.nanoTime();
        acceptor.killAndJoin(LAST_GRACE);
        List<Connection> swallowing = new ArrayList<>();
        for (Connection connection : killed) {
            if (!connection.hasEndedWithin(LAST_GRACE.minusNanos(System.nanoTime() - begin))) {
                swallowing.add(connection);
            }
        }
        if (!swallowing.isEmpty()) {
            warnOf(swallowing);
        }
    }

    private void stopOnLoop(Duration grace) {
        stopping = true;
        listener.close();
        acceptor.kill("the server is stopped");
        try {
            acceptor.join();
        } catch (Cancelled e) {
            // It was killed two lines above.
        } catch (RuntimeException | Error e) {
            // It had failed before, which join() reports.
        }
        try {
            Weft.await(occupancy, grace);
        } catch (DeadlineExceeded e) {
            killAll();
            awaitKilled();
        } catch (Cancelled e) { // the loop closes
            killAll();
            throw e;
        }
    }

    private void awaitKilled() {
        try {
            Weft.await(occupancy, LAST_GRACE);
        } catch (DeadlineExceeded e) {
            warnOf(serving);
        }
    }

    private void warnOf(List<Connection> swallowing) {
        LOGGER.log(
                System.Logger.Level.WARNING,
                listener + " has stopped, but these handlers swallow the kill: " + swallowing);
    }

    @Override
    public String toString() {
        return "server of " + connections + " connections, " + listener;
    }

    /** The settings of a server. Not thread-safe. */
    public static final class Builder {
        private int maxConnections = Integer.MAX_VALUE;
        private int acceptsInARow = 64;
        private int backlog = 1024;
        private @Nullable LoopGroup loops;

        private Builder() {}

        /** How many connections may be open at once; unlimited by default. */
        public Builder maxConnections(int count) {
            maxConnections = positive(count, "maxConnections");
            return this;
        }

        /** How many connections are accepted before other greenlets get a turn; 64 by default. */
        public Builder acceptsInARow(int count) {
            acceptsInARow = positive(count, "acceptsInARow");
            return this;
        }

        /**
         * How many connections may wait in the system to be accepted; 1024 by default. The system has a limit of its
         * own.
         */
        public Builder backlog(int count) {
            backlog = positive(count, "backlog");
            return this;
        }

        /**
         * Distributes the connections over the loops of {@code group}; by default the starting loop serves all of them.
         */
        public Builder loops(LoopGroup group) {
            loops = Objects.requireNonNull(group, "group");
            return this;
        }

        /**
         * Starts the server. To be called by a greenlet, whose loop accepts.
         *
         * @param address where to listen; port 0 stands for a free one
         * @throws java.net.BindException if the address is in use or not one of this machine
         */
        public TcpServer start(InetSocketAddress address, Handler handler) throws IOException {
            Objects.requireNonNull(handler, "handler");
            return new TcpServer(this, TcpListener.bind(address, backlog), handler);
        }

        private static int positive(int value, String name) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " must be at least 1: " + value);
            }
            return value;
        }
    }
}
