package dev.weft.bench.rival;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a server.
 *
 * @param cores the number of cores it may use. The process is pinned to them from outside; this is for programs that are
 *     configured for a number of cores
 * @param upstream where the service's {@link Service.UpstreamKind} listens; null if it needs none
 */
public record Terms(Service service, int cores, @Nullable InetSocketAddress upstream) {
    /**
     * Returns where the upstream listens.
     *
     * @throws IllegalStateException if there is no upstream
     */
    public InetSocketAddress requiredUpstream() {
        if (upstream == null) {
            throw new IllegalStateException(service + " needs an upstream");
        }
        return upstream;
    }
}
