package dev.weft.io;

import dev.weft.Action;
import dev.weft.Awaitable;
import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.io.internal.LoopPost;
import dev.weft.lowlevel.Suspension;
import dev.weft.lowlevel.WaitQueue;
import dev.weft.lowlevel.Waiter;
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
 * A TCP server: one greenlet accepts, and each connection is served by a greenlet of its own, whose end closes it.
 *
 * <p>When {@linkplain Builder#maxConnections as many connections as allowed} are open it stops accepting (further ones wait
 * in the system's backlog) and goes on when one ends. When accepting fails, as it does when no descriptors are left, it
 * tries again after 10 ms, doubled up to a second, until it works again.
 *
 * <p>{@link #start} is for greenlets; {@link #stop}, {@link #port} and {@link #connections} for any thread.
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
    private final List<Connection> serving = new ArrayList<>(); // each knows its place
    private volatile int connections;
    private volatile long acceptFailures;
    private boolean stopping; // those who are served have a grace
    private volatile List<Connection> left = List.of(); // were killed, as the home loop can do no more for them

    /** Serves one connection. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Called in a greenlet of its own, on the stream's loop; when it ends, the stream is closed. An {@link IOException},
         * checked or not, ends only this connection, silently; anything else goes to the group's uncaught handler.
         * Greenlets that it spawns are its own affair: what they wait for on the stream ends with the stream.
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

    /** Listens on {@code address} and serves with {@code handler}, with the defaults of {@link #builder}. */
    public static TcpServer start(InetSocketAddress address, Handler handler) throws IOException {
        return builder().start(address, handler);
    }

    /** As {@link #start(InetSocketAddress, Handler)}: {@code start("127.0.0.1", 7000, handler)}. */
    public static TcpServer start(String host, int port, Handler handler) throws IOException {
        return builder().start(TcpListener.address(host, port), handler);
    }

    /** For a server that is not the default one. */
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

    /** Without descriptors even the JDK's logger may fail, with an Error; the acceptor has to go on. */
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
        connection.place = serving.size();
        serving.add(connection);
    }

    /** One connection, from its being accepted until its greenlet has ended; the body of that greenlet. */
    private final class Connection implements Action, Consumer<Greenlet<?>> {
        private final SocketChannel accepted;
        private @Nullable Greenlet<?> greenlet;
        private int place; // among those served

        Connection(SocketChannel accepted) {
            this.accepted = accepted;
        }

        void start(Loop loop) throws IOException {
            Greenlet<?> spawned = loop.spawn(name(), this);
            greenlet = spawned;
            Suspension.whenEnded(spawned, this);
        }

        /** Who is served, and at which of the ports: what a log, or a list of greenlets, shows. */
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

        /** Its greenlet has ended, on whichever loop. */
        @Override
        public void accept(Greenlet<?> ended) {
            closeQuietly(accepted); // a greenlet that was killed before it ran has not
            LoopPost.post(home, () -> TcpServer.this.ended(this));
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

        /** A greenlet yields until then, a thread blocks. */
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
            last.place = connection.place;
            serving.set(connection.place, last);
        }
        connections--;
        occupancy.changed();
    }

    /** Waiting for it is waiting for room for one more connection, or, once stopped, for the last one to end. */
    private final class Occupancy implements Awaitable<@Nullable Void> {
        private final WaitQueue<@Nullable Void> waiters = new WaitQueue<>(); // several may stop it at once

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

    /** Where it listens. */
    public InetSocketAddress localAddress() throws IOException {
        return listener.localAddress();
    }

    /** Waits until it accepts no longer, because it was stopped or closed. A greenlet that calls yields, a thread blocks. */
    public void join() {
        try {
            acceptor.join();
        } catch (Cancelled e) {
            if (!acceptor.state().isDone()) {
                throw e; // it is the caller that was killed
            }
        }
    }

    /**
     * Closes the listener and kills every connection, without waiting for their ends. Any thread. The end of the starter's loop
     * does the same, wherever the connections are served.
     */
    @Override
    public void close() {
        listener.close();
        acceptor.kill("the server is closed");
        LoopPost.post(home, this::killAll); // if it is closed, the end of the acceptor has killed them
    }

    private void killAll() {
        left = List.copyOf(serving);
        left.forEach(Connection::kill);
    }

    /**
     * Stops: closes the listener at once, waits {@code grace} for the connections to end, then kills those that are left,
     * and returns when all have ended, or ten seconds after the kill: handlers that swallow it are logged and left to the
     * closing of their loop. A greenlet that calls yields, a thread blocks.
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
                throw e; // it is the caller that was killed
            }
            awaitEndOfHome();
        }
    }

    /** The loop that accepts is closing, or has closed: everybody is being killed, and is waited for. */
    private void awaitEndOfHome() {
        listener.close();
        long begin = System.nanoTime();
        acceptor.killAndJoin(LAST_GRACE);
        List<Connection> swallowing = new ArrayList<>();
        for (Connection connection : left) {
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
            // As it should be.
        } catch (RuntimeException | Error e) {
            // That it had failed before is what join() tells.
        }
        try {
            Weft.await(occupancy, grace);
        } catch (DeadlineExceeded e) {
            killAll();
            awaitTheKilled();
        } catch (Cancelled e) { // the loop closes
            killAll();
            throw e;
        }
    }

    private void awaitTheKilled() {
        try {
            Weft.await(occupancy, LAST_GRACE);
        } catch (DeadlineExceeded e) {
            warnOf(serving);
        }
    }

    private void warnOf(List<Connection> swallowing) {
        LOGGER.log(
                System.Logger.Level.WARNING,
                listener + " has stopped, but does not get rid of those who swallow the kill: " + swallowing);
    }

    @Override
    public String toString() {
        return "server of " + connections + " connections, " + listener;
    }

    /** How a server is to be. Not thread-safe. */
    public static final class Builder {
        private int maxConnections = Integer.MAX_VALUE;
        private int acceptsInARow = 64;
        private int backlog = 1024;
        private @Nullable LoopGroup loops;

        private Builder() {}

        /** How many connections may be open at once; no bound unless said. */
        public Builder maxConnections(int count) {
            maxConnections = positive(count, "maxConnections");
            return this;
        }

        /** How many connections are accepted before others get a turn; 64 unless said. */
        public Builder acceptsInARow(int count) {
            acceptsInARow = positive(count, "acceptsInARow");
            return this;
        }

        /** How many connections may wait in the system to be accepted; 1024 unless said. The system has a bound too. */
        public Builder backlog(int count) {
            backlog = positive(count, "backlog");
            return this;
        }

        /** Spreads the connections over the loops of {@code group}; the starter's loop serves all unless said. */
        public Builder loops(LoopGroup group) {
            loops = Objects.requireNonNull(group, "group");
            return this;
        }

        /**
         * Starts the server; to be called by a greenlet, whose loop accepts.
         *
         * @param address where to listen; port 0: one that is free
         * @throws java.net.BindException if the address is in use or not of this machine
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
