package dev.weft.bench.rival;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.http.HttpLimits;
import dev.weft.http.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;

/** Weft's HTTP server, which has a greenlet per connection, on a loop per core. */
final class WeftHttp implements Rival {
    private static final int CONNECTIONS = 100_000;
    private static final Duration IDLE = Duration.ofHours(1); // other servers are measured meanwhile

    @Override
    public void serve(Terms terms, IntConsumer listening) {
        try (LoopGroup loops = LoopGroup.open(terms.cores())) {
            loops.spawn(() -> serve(loops, terms, listening)).join();
        }
    }

    private static void serve(LoopGroup loops, Terms terms, IntConsumer listening) throws IOException {
        Map<Loop, Body> bodies = loops.loops().stream() // the backend's pool is confined to its loop
                .collect(Collectors.toMap(Function.identity(), loop -> Body.of(terms, Greenlets.gathering())));
        HttpServer server = HttpServer.builder()
                .loops(loops)
                .backlog(BACKLOG)
                .limits(HttpLimits.builder()
                        .connections(CONNECTIONS)
                        .headerDeadline(IDLE)
                        .idleDeadline(IDLE)
                        .build())
                .start(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        (request, response) -> response.header("Content-Type", "text/plain")
                                .send(Objects.requireNonNull(bodies.get(Loop.current()))
                                        .next()));
        listening.accept(server.port());
        server.join();
    }
}
