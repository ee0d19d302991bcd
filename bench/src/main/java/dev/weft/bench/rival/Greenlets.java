package dev.weft.bench.rival;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.bench.machine.BenchFailure;
import dev.weft.io.ByteStream;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import dev.weft.io.tls.Tls;
import dev.weft.sight.Console;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import jdk.jfr.Configuration;
import jdk.jfr.Recording;

/** Weft: a greenlet per connection, a loop per core. */
final class Greenlets implements Rival, Concurrency<ByteStream> {
    private final TcpServer.Builder server;
    private final Consumer<LoopGroup> spectator;

    private Greenlets(TcpServer.Builder server, Consumer<LoopGroup> spectator) {
        this.server = server;
        this.spectator = spectator;
    }

    /** Returns a server whose small writes leave together. */
    static Greenlets gathering() {
        return new Greenlets(TcpServer.builder().gatheredWrites(), Greenlets::unseen);
    }

    private static void unseen(LoopGroup loops) {}

    /** As {@link #gathering}, but a console is open, and its page is being looked at. */
    static Greenlets watched() {
        return new Greenlets(TcpServer.builder().gatheredWrites(), Greenlets::watch);
    }

    private static void watch(LoopGroup loops) {
        URI events = Console.open(loops).uri().resolve("events");
        Thread.ofPlatform().daemon().start(() -> {
            try (InputStream snapshots = events.toURL().openStream()) {
                snapshots.transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** As {@link #gathering}, but the flight recorder records the process as {@code weft.jfc} says. */
    static Greenlets recorded() {
        try (Reader settings = new InputStreamReader(
                Objects.requireNonNull(LoopGroup.class.getResourceAsStream("/weft.jfc")), StandardCharsets.UTF_8)) {
            new Recording(Configuration.create(settings)).start();
        } catch (IOException | ParseException e) {
            throw new BenchFailure("the recording cannot be started: " + e);
        }
        return gathering();
    }

    /** Returns a server in which each write is a system call. */
    static Greenlets direct() {
        return new Greenlets(TcpServer.builder(), Greenlets::unseen);
    }

    /** Turns an accepted socket into the stream that is served. */
    @FunctionalInterface
    private interface Security {
        ByteStream secure(TcpStream socket) throws IOException;
    }

    @Override
    public void serve(Terms terms, IntConsumer listening) {
        Security security =
                terms.service() == Service.TLS ? Tls.of(Certificate.serverContext())::server : socket -> socket;
        try (LoopGroup loops = LoopGroup.open(terms.cores())) {
            spectator.accept(loops);
            loops.spawn(() -> serve(loops, terms, security, listening)).join();
        }
    }

    private void serve(LoopGroup loops, Terms terms, Security security, IntConsumer listening) throws IOException {
        // One handler per loop, so that the state shared by its connections is confined to the loop.
        Map<Loop, Handler<ByteStream>> handlers =
                loops.loops().stream().collect(Collectors.toMap(Function.identity(), loop -> Handler.of(terms, this)));
        TcpServer started = server.backlog(BACKLOG)
                .loops(loops)
                .start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        socket -> Objects.requireNonNull(handlers.get(Loop.current()))
                                .serve(security.secure(socket)));
        listening.accept(started.port());
        started.join();
    }

    @Override
    public ByteStream connect(InetSocketAddress address) throws IOException {
        return TcpStream.connect(address);
    }

    /** Uses the loop's buffer, which is lent only when there is data to read. */
    @Override
    public Input input(ByteStream connection, int bufferSize) {
        return connection::receive;
    }

    @Override
    public void shutdownOutput(ByteStream connection) throws IOException {
        connection.shutdownOutput();
    }

    @Override
    public void both(Branch first, Branch second) throws IOException {
        Weft.scope(scope -> {
            scope.spawn(first::run);
            second.run();
        });
    }

    /** Returns a plain deque, since the greenlets of a loop run one at a time. */
    @Override
    public <T> Deque<T> sharedDeque() {
        return new ArrayDeque<>();
    }
}
