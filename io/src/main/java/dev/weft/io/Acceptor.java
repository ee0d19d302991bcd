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
import java.nio.channels.ClosedChannelException;
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
 * Accepts connections, and serves each by a greenlet of its own: what servers have in common, whatever the kind of their sockets.
 * {@link StreamServer} has the contract.
 *
 * @param <S> the type of the connections
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // written only by the home loop
final class Acceptor<S extends SocketStream> {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LAST_GRACE = Duration.ofSeconds(10);
    private static final System.Logger LOGGER = System.getLogger("dev.weft.io");

    static {
        Suspension.spawnsForOthers(Acceptor.class, TcpServer.class, UnixServer.class, UnixServerBuilder.class);
    }

    private final Loop home; // accepts, and owns the list of connections
    private final Placement placement;
    private final boolean gathersWrites;
    private final SocketListener<S> listener;
    private final StreamHandler<S> handler;
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

    /** How a listener is opened, for greenlets of {@code home}. */
    interface Opening<S extends SocketStream> {
        SocketListener<S> on(Loop home) throws IOException;
    }

    private Acceptor(ServerSettings settings, Loop home, SocketListener<S> listener, StreamHandler<S> handler) {
        this.home = home;
        this.listener = listener;
        this.handler = handler;
        placement = new Placement(settings.loops == null ? List.of(home) : settings.loops.loops());
        maxConnections = settings.maxConnections;
        acceptsInARow = settings.acceptsInARow;
        occupancy = new Occupancy(this::hasRoomOrIsDeserted, "room for a connection of " + listener);
        backlog = settings.backlog;
        gathersWrites = settings.gathersWrites;
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

    /** Starts to accept. Must be called by a greenlet, whose loop accepts unless there are several loops to serve. */
    static <S extends SocketStream> Acceptor<S> start(
            ServerSettings settings, Opening<S> opening, StreamHandler<S> handler) throws IOException {
        Loop starter = Loop.current();
        if (settings.loops == null || settings.loops.loops().size() == 1) {
            return new Acceptor<>(settings, starter, opening.on(starter), handler);
        }
        LoopGroup accepting = acceptingLoop(starter);
        try {
            Loop home = accepting.next();
            return new Acceptor<>(settings, home, opening.on(home), handler);
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
                Greenlet<?> spawned = place.loop.spawn(listener.nameOf(accepted), this);
                greenlet = spawned;
                Suspension.whenEnded(spawned, this);
            } catch (Throwable t) {
                closeQuietly(accepted);
                Acceptor.this.ended(this);
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

        @Override
        public void run() throws Exception {
            if (take()) {
                serve();
            }
        }

        private void serve() throws Exception {
            try (S stream = listener.streamOf(accepted)) {
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
                Suspension.tell(home, () -> Acceptor.this.ended(this));
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

    SocketListener<S> listener() {
        return listener;
    }

    int connections() {
        return connections;
    }

    int connections(Loop loop) {
        return placement.connections(loop);
    }

    long acceptFailures() {
        return acceptFailures;
    }

    void join() {
        try {
            acceptor.join();
        } catch (Cancelled e) {
            if (!acceptor.state().isDone()) {
                throw e; // the caller was killed
            }
        }
    }

    void close() {
        listener.close();
        acceptor.kill("the server was closed");
        Suspension.tell(home, this::killAll); // if the home loop is closed, the acceptor's end has already killed them
    }

    private void killAll() {
        placement.leaveOffers();
        killed = List.copyOf(serving);
        killed.forEach(Connection::kill);
    }

    void stop(Duration grace) {
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
}
