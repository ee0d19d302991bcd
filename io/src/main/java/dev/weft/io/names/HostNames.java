package dev.weft.io.names;

import dev.weft.Awaitable;
import dev.weft.Weft;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Look-ups of host names. The system offers only blocking ones, so a thread blocks while the greenlet waits, and other
 * greenlets run.
 *
 * <pre>{@code
 * List<InetAddress> addresses = HostNames.lookUp("db.internal", Duration.ofSeconds(2));
 * }</pre>
 *
 * <p>{@link InetAddress} yields too ({@code getByName}, {@code getAllByName}, {@code getHostName}, {@code
 * getCanonicalHostName}, {@code getLocalHost}), and so does what is built on it, such as {@code new
 * InetSocketAddress(host, port)}. Both share its cache. A name in the cache, or an address as text, needs no thread.
 *
 * <p>A name server that hangs occupies one thread per name, and up to 16 in the JVM, which are not those of {@link
 * Weft#offload}; further look-ups wait for one. Equal look-ups at the same time share one call. A greenlet that is
 * killed, or whose time is up, leaves at once; the call goes on for the others. After 30 s all that wait get {@link
 * UnknownHostException}.
 *
 * <p>There is one difference. {@code InetAddress} lets one caller per name into the resolver, and the others wait for a
 * lock, where neither a kill nor a deadline reaches them until the first one is done (30 s at most). The methods here
 * have no such wait. Where deadlines matter, use these, or {@code TcpStream.connect(String, int)}, which does.
 *
 * <p>For greenlets. A callback of a loop must not look up names: it would block the loop, and forever if a greenlet of
 * that loop is looking up the same name.
 */
public final class HostNames {
    private HostNames() {}

    /**
     * The addresses of {@code host}, a name or an address as text, in the resolver's order; at least one.
     *
     * @throws UnknownHostException if the name is unknown, or there was no answer for 30 s
     */
    public static List<InetAddress> lookUp(String host) throws UnknownHostException {
        return Weft.await(lookingUp(host));
    }

    /**
     * As {@link #lookUp(String)}, waiting for up to {@code timeout}.
     *
     * @throws dev.weft.DeadlineExceeded when the time is up
     */
    public static List<InetAddress> lookUp(String host, Duration timeout) throws UnknownHostException {
        return Weft.await(lookingUp(host), timeout);
    }

    /** The explicit form of {@link #lookUp(String)}. */
    public static Awaitable.Checked<List<InetAddress>, UnknownHostException> lookingUp(String host) {
        return new HostLookup(Objects.requireNonNull(host, "host"));
    }
}
