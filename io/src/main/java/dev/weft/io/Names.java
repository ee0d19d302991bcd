package dev.weft.io;

import dev.weft.Offload;
import dev.weft.Weft;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Host names. A look-up blocks, so it runs on the group's bounded off-load pool, where whoever is cancelled leaves it; only an
 * address as text needs none. */
final class Names {
    private Names() {}

    /** The addresses of {@code host}, in the resolver's order; at least one. */
    static List<InetAddress> lookUp(String host, @Nullable Duration timeout) throws UnknownHostException {
        try {
            return List.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            // A name.
        }
        Weft.Body<InetAddress[], RuntimeException> lookUp =
                () -> Offload.abandoning().call(new LookUp(host));
        return List.of(timeout == null ? lookUp.call() : Weft.withTimeout(timeout, lookUp));
    }

    /** {@code 127.0.0.1:7000}, {@code [::1]:7000}, {@code name:7000}. */
    static String text(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        String host = ip == null ? address.getHostString() : ip.getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }

    /** A call with a text, which is what a description of the waiting greenlet and a timeout show. */
    private record LookUp(String host) implements Callable<InetAddress[]> {
        @Override
        public InetAddress[] call() throws UnknownHostException {
            return InetAddress.getAllByName(host);
        }

        @Override
        public String toString() {
            return "look-up of " + host;
        }
    }
}
