package dev.weft.examples;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.io.TcpListener;
import dev.weft.io.TcpStream;
import dev.weft.sync.Channel;
import dev.weft.sync.Select;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Happy Eyeballs (RFC 8305): the next route is tried when one fails or is slow. {@code TcpStream.connect} does this too.
 *
 * <p>Run: {@code java -jar examples/target/weft-examples.jar happy-eyeballs}
 */
public final class HappyEyeballs {
    private HappyEyeballs() {}

    private record Route(String name, Duration latency, int port) {}

    /** Connects to its own server over a broken, a slow and a quick route; takes no arguments. */
    public static void main(String[] args) throws IOException {
        Weft.run(() -> {
            try (var server = TcpListener.bind("127.0.0.1", 0)) {
                int port = server.port();
                Route refused = new Route("refused", Duration.ZERO, 1);
                Route slow = new Route("slow", Duration.ofMinutes(1), port);
                Route quick = new Route("quick", Duration.ofMillis(10), port);
                System.out.println("connected: " + race(refused, slow, quick).orElse("none"));
            }
        });
    }

    private static Optional<String> race(Route... routes) {
        Channel<String> connected = Channel.rendezvous();
        List<Greenlet<?>> attempts = new ArrayList<>();
        Optional<String> winner = Optional.empty();
        for (int next = 0; next < routes.length && winner.isEmpty(); next++) {
            Route route = routes[next];
            Greenlet<?> attempt = Weft.spawn(route.name, () -> attempt(route, connected));
            attempts.add(attempt);
            winner = Weft.selectFirst(
                    Select.on(connected.receiving(), Optional::of),
                    Select.on(attempt, () -> Optional.empty()), // the attempt has failed
                    Select.after(Duration.ofMillis(100), () -> Optional.empty()));
        }
        attempts.forEach(Greenlet::kill);
        return winner;
    }

    private static void attempt(Route route, Channel<String> connected) {
        Weft.sleep(route.latency);
        try (TcpStream stream = TcpStream.connect("127.0.0.1", route.port)) {
            connected.send(route.name + " to " + stream.remoteAddress()); // a cancelled send has no effect
        } catch (IOException e) {
            System.out.println(route.name + " failed: " + e.getMessage());
        }
    }
}
