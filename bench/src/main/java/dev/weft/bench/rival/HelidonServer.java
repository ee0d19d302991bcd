package dev.weft.bench.rival;

import io.helidon.http.HeaderNames;
import io.helidon.webserver.WebServer;
import java.net.InetAddress;
import java.time.Duration;
import java.util.function.IntConsumer;

/** Helidon SE's web server, which has a virtual thread per connection. */
final class HelidonServer implements Rival {
    @Override
    public void serve(Terms terms, IntConsumer listening) {
        Body body = Body.of(terms, Threads.virtual());
        WebServer server = WebServer.builder()
                .address(InetAddress.getLoopbackAddress())
                .port(0)
                .backlog(BACKLOG)
                .idleConnectionTimeout(Duration.ofHours(1)) // other servers are measured meanwhile
                .connectionOptions(options -> options.tcpNoDelay(true))
                .routing(routing -> routing.get(
                        "/",
                        (request, response) -> response.header(HeaderNames.CONTENT_TYPE, "text/plain")
                                .send(body.next())))
                .build()
                .start();
        listening.accept(server.port());
    }
}
