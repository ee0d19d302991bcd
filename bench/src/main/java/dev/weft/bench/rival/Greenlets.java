package dev.weft.bench.rival;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.io.TcpServer;
import dev.weft.io.TcpStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/** Weft: a greenlet per connection, a loop per core. */
final class Greenlets implements Rival, Concurrency<TcpStream> {
    @Override
    public void serve(Terms terms, IntConsumer listening) {
        try (LoopGroup loops = LoopGroup.open(terms.cores())) {
            loops.spawn(() -> serve(loops, terms, listening)).join();
        }
    }

    private void serve(LoopGroup loops, Terms terms, IntConsumer listening) throws IOException {
        // One handler per loop, so that the state shared by its connections is confined to the loop.
        Map<Loop, Handler<TcpStream>> handlers =
                loops.loops().stream().collect(Collectors.toMap(Function.identity(), loop -> Handler.of(terms, this)));
        TcpServer server = TcpServer.builder()
                .backlog(BACKLOG)
                .loops(loops)
                .start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        stream -> Objects.requireNonNull(handlers.get(Loop.current()))
                                .serve(stream));
        listening.accept(server.port());
        server.join();
    }

    @Override
    public TcpStream connect(InetSocketAddress address) throws IOException {
        return TcpStream.connect(address);
    }

    /** Uses the loop's buffer, which is lent only when there is data to read. */
    @Override
    public Input input(TcpStream connection, int bufferSize) {
        return connection::receive;
    }

    @Override
    public void shutdownOutput(TcpStream connection) throws IOException {
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
