package dev.weft.io.names;

import dev.weft.Awaitable;
import dev.weft.Weft;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Host names. Look-ups block, and the system offers nothing else; here a thread blocks while the greenlet that asks waits,
 * and others run.
 *
 * <pre>{@code
 * List<InetAddress> addresses = HostNames.lookUp("db.internal", Duration.ofSeconds(2));
 * }</pre>
 *
 * <p>{@link InetAddress} itself yields too ({@code getByName}, {@code getAllByName}, {@code getHostName}, {@code
 * getCanonicalHostName}, {@code getLocalHost}), and so does all that is built on it, such as {@code new
 * InetSocketAddress(host, port)}. Both share its cache; a name found there costs no thread. Addresses as text need
 * none either.
 *
 * <p>A name server that hangs costs one thread for a name, 16 for the JVM, which are not those of {@link Weft#offload}; when
 * these are taken, further look-ups wait for one. Equal look-ups at the same time are one call. Who is killed, or whose time
 * is up, leaves at once and the call goes on for the others. After 30 s all who wait get {@link UnknownHostException}.
 *
 * <p>The one difference: {@code InetAddress} lets one caller a name into the resolver and has the others wait for a lock,
 * where neither a kill nor a deadline reaches them before the one inside is through (30 s at the most). The methods here
 * have no such wait. Where deadlines matter, use these, or {@link TcpStream#connect(String, int)}, which does.
 *
 * <p>For greenlets. A callback of a loop must look up no names: it would block the loop, for ever if one of the loop's
 * greenlets is just asking for the same.
 */
public final class HostNames {
    private HostNames() {}

    /**
     * The addresses of {@code host}, a name or an address as text, in the resolver's order; at least one.
     *
     * @throws UnknownHostException if the name means nothing, or there was no answer for 30 s
     */
    public static List<InetAddress> lookUp(String host) throws UnknownHostException {
        return Weft.await(lookingUp(host));
    }

    /**
     * As {@link #lookUp(String)}, for {@code timeout} at the most.
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
