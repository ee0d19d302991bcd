package dev.weft.io;

import dev.weft.Greenlet;
import dev.weft.Scope;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.io.Closeable;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connects to the first of several addresses that answers (RFC 8305, "happy eyeballs"): an attempt begins when the one
 * before it has failed, or has taken 250 ms. The first connection wins; the other attempts are cancelled and have
 * released their descriptors when this returns. So an address that drops packets costs a quarter of a second and not a
 * minute.
 *
 * <p>Each attempt is a greenlet in a scope of the caller, which a kill or a deadline ends as a whole.
 */
final class HappyEyeballs<S extends Closeable> {
    /** The "connection attempt delay" of RFC 8305, section 5. */
    static final Duration ATTEMPT_DELAY = Duration.ofMillis(250);

    private final List<IOException> failures = new ArrayList<>();
    private @Nullable S winner;

    static {
        Suspension.spawnsForOthers(HappyEyeballs.class, TcpStream.class, Connector.class);
    }

    private HappyEyeballs() {}

    /** One address to connect to; its text is the name of the greenlet that tries it. */
    interface Candidate<S> {
        /** Connects; leaves nothing open if it fails. */
        S connect() throws IOException;
    }

    /**
     * The connection of the first of {@code candidates}, of which there is at least one, to succeed.
     *
     * @throws IOException if all fail: the first failure, with the others suppressed
     */
    static <S extends Closeable> S race(List<? extends Candidate<S>> candidates) throws IOException {
        return candidates.size() == 1 ? candidates.get(0).connect() : new HappyEyeballs<S>().run(candidates);
    }

    private S run(List<? extends Candidate<S>> candidates) throws IOException {
        try {
            Weft.scope(scope -> start(candidates, scope));
        } catch (Throwable t) {
            if (winner != null) {
                winner.close();
            }
            throw t;
        }
        S connected = winner;
        if (connected == null) {
            throw joined();
        }
        return connected;
    }

    private void start(List<? extends Candidate<S>> candidates, Scope scope) {
        for (Candidate<S> candidate : candidates) {
            Greenlet<?> running = scope.spawn(candidate.toString(), () -> {
                run(candidate, scope);
            });
            Weft.joinAll(List.of(running), ATTEMPT_DELAY);
        }
    }

    private void run(Candidate<S> candidate, Scope scope) throws IOException {
        S connected;
        try {
            connected = candidate.connect();
        } catch (IOException e) {
            failures.add(e);
            return;
        }
        if (winner == null) {
            winner = connected;
            scope.cancel("another address has answered first");
        } else {
            connected.close(); // both connected in one turn of the loop
        }
    }

    private IOException joined() {
        IOException first = failures.get(0);
        failures.stream().skip(1).forEach(first::addSuppressed);
        return first;
    }

    /** The addresses with the two families alternating, beginning with that of the first (RFC 8305, section 4). */
    static List<InetAddress> interleaved(List<InetAddress> addresses) {
        Deque<InetAddress> first = new ArrayDeque<>();
        Deque<InetAddress> second = new ArrayDeque<>();
        for (InetAddress address : addresses) {
            (isOfFamily(address, addresses.get(0)) ? first : second).add(address);
        }
        List<InetAddress> result = new ArrayList<>(addresses.size());
        while (!first.isEmpty() || !second.isEmpty()) {
            if (!first.isEmpty()) {
                result.add(first.remove());
            }
            if (!second.isEmpty()) {
                result.add(second.remove());
            }
        }
        return result;
    }

    private static boolean isOfFamily(InetAddress one, InetAddress other) {
        return one instanceof Inet4Address == other instanceof Inet4Address;
    }
}
