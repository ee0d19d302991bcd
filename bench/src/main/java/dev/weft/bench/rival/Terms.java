package dev.weft.bench.rival;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a server is to do.
 *
 * @param cores how many cores it may use: the process is confined to them from outside, so this is for programs that would
 *     be configured for it
 * @param upstream where the service's {@link Service.UpstreamKind} listens; null if it needs none
 */
public record Terms(Service service, int cores, @Nullable InetSocketAddress upstream) {
    /** Where the upstream listens; fails if there is none. */
    public InetSocketAddress requiredUpstream() {
        if (upstream == null) {
            throw new IllegalStateException(service + " needs an upstream; say --upstream=PORT");
        }
        return upstream;
    }
}
