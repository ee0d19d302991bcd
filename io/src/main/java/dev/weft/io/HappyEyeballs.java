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
 * A race between connection attempts to several addresses (RFC 8305, "happy eyeballs"). Each attempt starts when the previous
 * one has failed or has taken 250 ms. The first connection wins; the other attempts are cancelled and have released their
 * descriptors when this returns. An address that drops packets therefore costs a quarter of a second rather than a minute.
 *
 * <p>Each attempt is a greenlet in a scope of the caller, so a kill or a deadline ends all of them.
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

    /** An address to connect to. Its string form is the name of the greenlet that tries it. */
    interface Candidate<S> {
        /** Connects. Leaves nothing open on failure. */
        S connect() throws IOException;
    }

    /**
     * Connects to {@code candidates}, which must not be empty, and returns the first connection that succeeds.
     *
     * @throws IOException the first failure, with the others suppressed, if all candidates fail
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
            throw combinedFailure();
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
            scope.cancel("another address connected first");
        } else {
            connected.close(); // both connected in the same loop iteration
        }
    }

    private IOException combinedFailure() {
        IOException first = failures.get(0);
        failures.stream().skip(1).forEach(first::addSuppressed);
        return first;
    }

    /** Returns the addresses with alternating families, starting with the family of the first (RFC 8305, section 4). */
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
