package dev.weft.io;

import dev.weft.Weft;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Host names. A look-up blocks, so it runs on the group's bounded off-load pool; only an address as text needs none. */
final class Names {
    private Names() {}

    /** The addresses of {@code host}, in the resolver's order; at least one. */
    static List<InetAddress> lookUp(String host, @Nullable Duration timeout) throws UnknownHostException {
        try {
            return List.of(InetAddress.ofLiteral(host));
        } catch (IllegalArgumentException e) {
            // A name.
        }
        if (timeout == null) {
            return List.of(Weft.offload(() -> InetAddress.getAllByName(host)));
        }
        return List.of(Weft.offload(() -> InetAddress.getAllByName(host), timeout));
    }
}
