package dev.weft.io;

import dev.weft.Action;
import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Sneaky;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A TCP server. One greenlet accepts connections, and each connection is served by its own greenlet. The connection is closed
 * when that greenlet ends.
 *
 * <p>A server {@linkplain Builder#loops over several loops} accepts on a thread of its own, so it accepts while loops compute. A
 * connection goes to the loop with the fewest connections. If that loop has not begun to serve it after 10 ms, it moves to a
 * loop that answers. Once begun, it stays: its greenlet never leaves its loop. So while one loop computes, new connections are
 * served by the others; only the connections that it already serves wait.
 *
 * <p>While the {@linkplain Builder#maxConnections maximum number of connections} are open, the server does not accept; further
 * connections wait in the operating system's backlog. If accepting fails, for example because no descriptors are left, the server
 * retries after 10 ms and doubles the delay after each further failure, up to one second.
 *
 * <p>{@link #start} must be called by a greenlet. {@link #stop}, {@link #close}, {@link #port} and {@link #connections} may be
 * called by any thread.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // written only by the home loop
public final class TcpServer implements AutoCloseable {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LAST_GRACE = Duration.ofSeconds(10);
    private static final System.Logger LOGGER = System.getLogger("dev.weft.io");

    static {
        Suspension.spawnsForOthers(TcpServer.class);
    }

    private final Loop home; // accepts, and owns the list of connections
    private final Placement placement;
    private final boolean gathersWrites;
    private final TcpListener listener;
    private final int port;
    private final Handler handler;
    private final int maxConnections;
    private final int acceptsInARow;
    private final int backlog;
    private final Occupancy occupancy;
    private final Greenlet<@Nullable Void> acceptor;

    // Confined to the home loop; the volatile fields are written only there.
    private final List<Connection> serving = new ArrayList<>(); // each connection knows its index
    private volatile int connections;
    private volatile long acceptFailures;
    private boolean stopping; // connections may still end normally
    private volatile List<Connection> killed = List.of(); // the connections killed when the server was closed

    /** A handler that serves one connection. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Serves {@code stream}. Called in its own greenlet on the stream's loop; the stream is closed when this returns or
         * throws. An {@link IOException} or {@link UncheckedIOException} ends only this connection and is logged at level {@code
         * DEBUG}; any other exception goes to the group's uncaught handler. The server does not wait for greenlets that the
         * handler spawns; their operations on the stream fail when it is closed.
         */
        void serve(TcpStream stream) throws Exception;
    }

    private TcpServer(Builder builder, Loop home, TcpListener listener, Handler handler) throws IOException {
        this.home = home;
        this.listener = listener;
        this.handler = handler;
        port = listener.port();
        placement = new Placement(builder.loops == null ? List.of(home) : builder.loops.loops());
        maxConnections = builder.maxConnections;
        acceptsInARow = builder.acceptsInARow;
        occupancy = new Occupancy(this::hasRoomOrIsDeserted, "room for a connection of " + listener);
        backlog = builder.backlog;
        gathersWrites = builder.gathersWrites;
        acceptor = home.spawn("accept " + listener, this::accept);
        Suspension.whenEnded(acceptor, ended -> listener.close());
        if (!Suspension.isOn(home)) {
            keepHome();
        }
    }

    /** Closes the loop that accepts when the server has ended, or when the loop that started the server closes. */
    private void keepHome() {
        CompletableFuture<@Nullable Void> closed = new CompletableFuture<>();
        Suspension.whenEnded(acceptor, ended -> closed.complete(null));
        Greenlet<?> keeper = Weft.spawn("serve " + listener, () -> {
            try {
                Weft.await(closed);
                home.spawn("last connection of " + listener, () -> Weft.await(occupancy))
                        .join();
            } finally {
                close(home.group());
            }
        });
        Suspension.whenEnded(keeper, ended -> Suspension.tell(home, home.group()::close)); // it may never have begun
    }

    /** Closes {@code accepting}. Waits explicitly, as the caller's loop may refuse implicit yields. */
    private static void close(LoopGroup accepting) {
        Weft.shield(() -> Weft.offload(() -> accepting.close()));
    }

    /**
     * Starts a server on {@code address} with the default settings of {@link #builder}. Must be called by a greenlet.
     */
    public static TcpServer start(InetSocketAddress address, Handler handler) throws IOException {
        return builder().start(address, handler);
    }

    /**
     * Starts a server on {@code port} of {@code host}, which is a host name or a textual IP address: {@code start("127.0.0.1",
     * 7000, handler)}. Suspends the greenlet while a name is looked up.
     */
    public static TcpServer start(String host, int port, Handler handler) throws IOException {
        return builder().start(TcpListener.address(host, port), handler);
    }

    /** Returns a builder for a server with non-default settings. */
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
            if (connections >= maxConnections) {
                Suspension.acceptLimitReached(listener, maxConnections);
            }
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
                warn(listener + " cannot accept connections; retrying in " + pause, e);
                Weft.sleep(pause);
                pause = longer(pause);
            }
        }
    }

    /** Logs a warning. Without descriptors even the logger may fail, with an Error; the acceptor must continue regardless. */
    private static void warn(String message, Exception failure) {
        try {
            LOGGER.log(System.Logger.Level.WARNING, message, failure);
        } catch (Throwable loggerFailed) {
            // The failure has been counted.
        }
    }

    private static Duration longer(Duration pause) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
    }

    private void serve(SocketChannel accepted) throws IOException {
        Connection connection = new Connection(accepted, placement.choose(), serving.size());
        serving.add(connection);
        connections++;
        connection.place.add();
        connection.start();
    }

    /** A connection on its loop, until its greenlet has ended. Also the body of that greenlet. */
    private final class Connection extends Placement.Offer implements Action, Consumer<Greenlet<?>> {
        private final SocketChannel accepted;
        private @Nullable Greenlet<?> greenlet;
        private int index; // in the list of open connections

        Connection(SocketChannel accepted, Placement.Place place, int index) {
            super(place);
            this.accepted = accepted;
            this.index = index;
        }

        /** Offers the connection, which has been counted, to its loop. */
        void start() throws IOException {
            try {
                Greenlet<?> spawned = place.loop.spawn(name(), this);
                greenlet = spawned;
                Suspension.whenEnded(spawned, this);
            } catch (Throwable t) {
                closeQuietly(accepted);
                TcpServer.this.ended(this);
                throw t;
            }
            placement.watch(this);
        }

        @Override
        void moveTo(Placement.Place other) {
            place.remove();
            other.add();
            Connection moved = new Connection(accepted, other, index);
            serving.set(index, moved);
            try {
                moved.start();
            } catch (IOException | RuntimeException | Error e) {
                LOGGER.log(System.Logger.Level.WARNING, "a connection of " + listener + " was dropped", e);
            }
        }

        /** Returns the peer and the local port, for logs and lists of greenlets. */
        private String name() throws IOException {
            return Addresses.text((InetSocketAddress) accepted.getRemoteAddress()) + "->" + port;
        }

        @Override
        public void run() throws Exception {
            if (take()) {
                serve();
            }
        }

        private void serve() throws Exception {
            try (TcpStream stream = TcpStream.adopt(accepted)) {
                if (gathersWrites) {
                    stream.gatherWrites();
                }
                handler.serve(stream);
            } catch (IOException | UncheckedIOException e) {
                LOGGER.log(System.Logger.Level.DEBUG, "a connection of " + listener + " ended", e);
            }
        }

        /** Called on the loop of the connection's greenlet when the greenlet has ended. */
        @Override
        public void accept(Greenlet<?> ended) {
            if (take()) {
                closeQuietly(accepted); // a greenlet that was killed before it started has not closed it
                Suspension.tell(home, () -> TcpServer.this.ended(this));
            }
        }

        @Override
        public String toString() {
            return String.valueOf(greenlet);
        }

        void kill() {
            if (greenlet != null) {
                greenlet.kill("the server was stopped");
            }
        }

        /** Kills the connection's greenlet and waits for its end. A greenlet is suspended; a thread blocks. */
        boolean endsWithin(Duration grace) {
            return greenlet == null || greenlet.killAndJoin(grace);
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // The channel is closed regardless.
        }
    }

    private void ended(Connection connection) {
        Connection last = serving.remove(serving.size() - 1);
        if (last != connection) {
            last.index = connection.index;
            serving.set(connection.index, last);
        }
        connections--;
        connection.place.remove();
        occupancy.changed();
    }

    /** There is room for another connection or, once the listener is closed, the last one has ended. */
    private boolean hasRoomOrIsDeserted() {
        return listener.isOpen() ? connections < maxConnections : connections == 0;
    }

    /** Returns the port on which this server listens. */
    public int port() {
        return port;
    }

    /** Returns the number of open connections. */
    public int connections() {
        return connections;
    }

    /**
     * Returns the number of open connections on {@code loop}.
     *
     * @throws IllegalArgumentException if this server does not serve on {@code loop}
     */
    public int connections(Loop loop) {
        return placement.connections(loop);
    }

    /** Returns how many times accepting has failed so far. */
    public long acceptFailures() {
        return acceptFailures;
    }

    /** Returns the address on which this server listens. */
    public InetSocketAddress localAddress() throws IOException {
        return listener.localAddress();
    }

    /** Waits until the server is stopped or closed and no longer accepts. A greenlet is suspended; a thread blocks. */
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
     * Closes the listener and kills all connections, without waiting for them to end. Any thread. The same happens when the loop
     * that started the server closes, regardless of which loops serve the connections.
     */
    @Override
    public void close() {
        listener.close();
        acceptor.kill("the server was closed");
        Suspension.tell(home, this::killAll); // if the home loop is closed, the acceptor's end has already killed them
    }

    private void killAll() {
        placement.leaveOffers();
        killed = List.copyOf(serving);
        killed.forEach(Connection::kill);
    }

    /**
     * Stops the server: accepts the connections that the operating system has completed, closes the listener immediately, waits
     * up to {@code grace} for the connections to end, and kills those that remain. Returns when all have ended, or ten seconds
     * after the kill. Handlers that swallow the kill are logged; they end no later than their loop. A greenlet is suspended; a
     * thread blocks.
     */
    public void stop(Duration grace) {
        Objects.requireNonNull(grace, "grace");
        Greenlet<?> stopper;
        try {
            stopper = home.spawn("stop " + listener, () -> stopOnLoop(grace));
        } catch (RejectedExecutionException homeClosing) {
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

    /** Waits for the end of all connections, which are being killed because the home loop is closing or closed. */
    private void awaitEndOfHome() {
        listener.close();
        long begin = System.nanoTime();
        acceptor.killAndJoin(LAST_GRACE);
        List<Connection> unresponsive = new ArrayList<>();
        for (Connection connection : killed) {
            if (!connection.endsWithin(LAST_GRACE.minusNanos(System.nanoTime() - begin))) {
                unresponsive.add(connection);
            }
        }
        if (!unresponsive.isEmpty()) {
            warnAbout(unresponsive);
        }
    }

    private void stopOnLoop(Duration grace) {
        stopping = true;
        acceptPending();
        listener.close();
        acceptor.kill("the server is stopped");
        try {
            acceptor.join();
        } catch (Cancelled e) {
            // Killed above.
        } catch (RuntimeException | Error e) {
            // The acceptor had already failed, which join() reports.
        }
        try {
            Weft.await(occupancy, grace);
        } catch (DeadlineExceeded e) {
            killAll();
            awaitKilled();
        } catch (Cancelled e) { // the loop is closing
            killAll();
            throw e;
        }
    }

    /**
     * Accepts the connections that the operating system would reset when the listener is closed, although their clients may have
     * sent a request. At most as many as may have been pending at first, as others may come all the time.
     */
    private void acceptPending() {
        try {
            for (int i = 0; i < backlog && connections < maxConnections && listener.isOpen(); i++) {
                SocketChannel pending = listener.channel.accept();
                if (pending == null) {
                    return;
                }
                serve(pending);
            }
        } catch (IOException | RejectedExecutionException e) {
            warn(listener + " cannot accept the connections that were pending when it was stopped", e);
        }
    }

    private void awaitKilled() {
        try {
            Weft.await(occupancy, LAST_GRACE);
        } catch (DeadlineExceeded e) {
            warnAbout(serving);
        }
    }

    private void warnAbout(List<Connection> unresponsive) {
        LOGGER.log(
                System.Logger.Level.WARNING,
                listener + " has stopped, but these handlers ignored the kill: " + unresponsive);
    }

    @Override
    public String toString() {
        return "server of " + connections + " connections, " + listener;
    }

    /** A builder for servers. Not thread-safe. */
    public static final class Builder {
        private int maxConnections = Integer.MAX_VALUE;
        private int acceptsInARow = 64;
        private int backlog = 1024;
        private final List<SocketOption<Boolean>> options =
                new ArrayList<>(List.of(StandardSocketOptions.SO_REUSEADDR));
        private @Nullable LoopGroup loops;
        private boolean gathersWrites;

        private Builder() {}

        /** Sets the maximum number of open connections; unlimited by default. */
        public Builder maxConnections(int count) {
            maxConnections = positive(count, "maxConnections");
            return this;
        }

        /** Sets how many connections are accepted before the acceptor yields to other greenlets; 64 by default. */
        public Builder acceptsInARow(int count) {
            acceptsInARow = positive(count, "acceptsInARow");
            return this;
        }

        /**
         * Sets how many connections may wait in the operating system to be accepted; 1024 by default. The operating system has
         * its own limit.
         */
        public Builder backlog(int count) {
            backlog = positive(count, "backlog");
            return this;
        }

        /** Gathers the small writes of each loop's connections; see {@link SocketStream#gatherWrites}. Off by default. */
        public Builder gatheredWrites() {
            gathersWrites = true;
            return this;
        }

        /**
         * Serves on all loops of {@code group}, each connection on one of them; see {@link TcpServer}. By default, the loop that
         * starts the server serves all. State that connections of different loops share needs a lock, or one instance for each
         * loop.
         */
        public Builder loops(LoopGroup group) {
            loops = Objects.requireNonNull(group, "group");
            return this;
        }

        /**
         * Enables {@code SO_REUSEPORT}: several servers, one for each loop or process, may listen on the same address. The kernel
         * chooses the server by a hash of the peer's address, without regard to load: connections that it gives to a loop that
         * computes wait there. {@link #loops} avoids that. Where the system lacks the option, starting throws {@link
         * UnsupportedOperationException}.
         */
        public Builder reusePort() {
            options.add(StandardSocketOptions.SO_REUSEPORT);
            return this;
        }

        /**
         * Starts the server. Must be called by a greenlet. Its loop accepts the connections, unless there are {@linkplain #loops
         * several to serve them}.
         *
         * @param address the address to listen on; port 0 selects a free port
         * @throws java.net.BindException if the address is in use or is not local to this machine
         */
        public TcpServer start(InetSocketAddress address, Handler handler) throws IOException {
            return start(home -> TcpListener.bind(home, address, backlog, options), handler);
        }

        /**
         * As {@link #start(InetSocketAddress, Handler)}, for a channel that already listens, such as {@link
         * System#inheritedChannel}. The server owns it, and uses it in non-blocking mode.
         *
         * @throws java.nio.channels.NotYetBoundException if {@code listening} is not bound
         */
        public TcpServer start(ServerSocketChannel listening, Handler handler) throws IOException {
            if (listening.getLocalAddress() == null) {
                throw new NotYetBoundException();
            }
            return start(home -> TcpListener.adopt(home, listening), handler);
        }

        private interface Opening {
            TcpListener on(Loop home) throws IOException;
        }

        private TcpServer start(Opening opening, Handler handler) throws IOException {
            Objects.requireNonNull(handler, "handler");
            Loop starter = Loop.current();
            if (loops == null || loops.loops().size() == 1) {
                return new TcpServer(this, starter, opening.on(starter), handler);
            }
            LoopGroup accepting = acceptingLoop(starter);
            try {
                Loop home = accepting.next();
                return new TcpServer(this, home, opening.on(home), handler);
            } catch (Throwable t) {
                close(accepting);
                throw t;
            }
        }

        /** Opens the loop that accepts. It runs no code of users; its failures go to the handler of {@code starter}. */
        private static LoopGroup acceptingLoop(Loop starter) {
            return LoopGroup.builder()
                    .name(starter.name() + "-accept")
                    .hogAfter(Duration.ZERO)
                    .uncaughtHandler((greenlet, failure) -> {
                        Action rethrowing = () -> {
                            throw Sneaky.rethrow(failure);
                        };
                        starter.spawn(greenlet.name(), rethrowing);
                    })
                    .open();
        }

        private static int positive(int value, String name) {
            if (value < 1) {
                throw new IllegalArgumentException(name + " must be at least 1: " + value);
            }
            return value;
        }
    }
}
