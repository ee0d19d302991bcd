package dev.weft.io.names;

import dev.weft.Awaitable;
import dev.weft.Weft;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Host-name look-ups. The operating system offers only blocking ones, so each runs on a separate thread while the greenlet waits
 * and other greenlets run.
 *
 * <pre>{@code
 * List<InetAddress> addresses = HostNames.lookUp("db.internal", Duration.ofSeconds(2));
 * }</pre>
 *
 * <p>{@link InetAddress} also yields ({@code getByName}, {@code getAllByName}, {@code getHostName}, {@code
 * getCanonicalHostName}, {@code getLocalHost}), as does code built on it, such as {@code new InetSocketAddress(host, port)}. This
 * class and {@code InetAddress} share the latter's cache. A cached name or a textual IP address needs no thread.
 *
 * <p>A name server that does not respond occupies one thread per name, and at most 16 in the JVM. These threads are separate from
 * those of {@link Weft#offload}. Further look-ups wait for a thread. Concurrent look-ups of the same name share one call. A
 * greenlet that is killed or reaches its deadline stops waiting immediately; the call continues for the others. After 30 s, all
 * waiting greenlets get {@link UnknownHostException}.
 *
 * <p>There is one difference. {@code InetAddress} admits one caller per name to the resolver. The others wait for a lock, where
 * neither a kill nor a deadline reaches them until the first caller is done (30 s at most). The methods of this class have no
 * such wait. Where deadlines matter, use them, or {@code TcpStream.connect(String, int)}, which uses them too.
 *
 * <p>Must be called by greenlets. A loop callback must not look up names: it would block the loop, and would deadlock if a
 * greenlet of that loop is looking up the same name.
 */
public final class HostNames {
    private HostNames() {}

    /**
     * Looks up {@code host}, which is a host name or a textual IP address. Returns at least one address, in the resolver's order.
     *
     * @throws UnknownHostException if the name is unknown or there is no answer within 30 s
     */
    public static List<InetAddress> lookUp(String host) throws UnknownHostException {
        return Weft.await(lookingUp(host));
    }

    /**
     * Does the same as {@link #lookUp(String)}, but waits at most {@code timeout}.
     *
     * @throws dev.weft.DeadlineExceeded if the timeout expires
     */
    public static List<InetAddress> lookUp(String host, Duration timeout) throws UnknownHostException {
        return Weft.await(lookingUp(host), timeout);
    }

    /** Returns the awaitable form of {@link #lookUp(String)}. */
    public static Awaitable.Checked<List<InetAddress>, UnknownHostException> lookingUp(String host) {
        return new HostLookup(Objects.requireNonNull(host, "host"));
    }
}
