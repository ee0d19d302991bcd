package dev.weft.io.names;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Offload;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.WaitQueue;
import dev.weft.spi.Waiter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The look-ups that greenlets of one loop wait for. Each look-up has its own greenlet that calls {@link InetAddress}, because
 * that call may have to wait for the JDK's lock on the name, where neither a deadline nor a kill reaches it. The greenlet is
 * killed when its last waiter leaves. Confined to the loop's thread.
 */
final class LoopLookups {
    /** Used in a JVM in which {@link InetAddress} blocks. */
    private static final Offload OFFLOAD = Offload.abandoning().limit(new Semaphore(ResolverCalls.THREADS, true));

    static {
        Suspension.spawnsForOthers(LoopLookups.class, HostLookup.class, HostNames.class);
    }

    private final Map<String, Lookup> open = new HashMap<>();

    /** A look-up that has no answer yet. */
    private final class Lookup {
        private final String host;
        private final WaitQueue<List<InetAddress>> waiting = new WaitQueue<>();
        private final Greenlet<?> resolving;

        Lookup(String host) {
            this.host = host;
            resolving = Loop.current().spawn("look-up of " + host, this::ask);
            Suspension.whenEnded(
                    resolving, ended -> fail(new Cancelled("the greenlet looking up " + host + " was killed", null)));
        }

        private void ask() {
            try {
                List<InetAddress> addresses = List.of(addresses());
                close();
                Waiter<? super List<InetAddress>> waiter;
                while ((waiter = waiting.poll()) != null) {
                    waiter.succeed(addresses);
                }
            } catch (Throwable t) {
                close();
                fail(t);
            }
        }

        private InetAddress[] addresses() throws UnknownHostException {
            return GreenletResolverProvider.isInUse()
                    ? InetAddress.getAllByName(host)
                    : OFFLOAD.call(() -> InetAddress.getAllByName(host));
        }

        private void fail(Throwable failure) {
            Waiter<? super List<InetAddress>> waiter;
            while ((waiter = waiting.poll()) != null) {
                waiter.fail(failure instanceof Error ? failure : ResolverCall.failed("look-up of " + host, failure));
            }
        }

        private void close() {
            open.remove(host, this);
        }
    }

    void add(String host, Waiter<? super List<InetAddress>> waiter) {
        Lookup lookup = open.get(host);
        if (lookup == null) {
            lookup = new Lookup(host);
            open.put(host, lookup);
        }
        lookup.waiting.add(waiter);
    }

    void remove(String host, Waiter<? super List<InetAddress>> waiter) {
        @Nullable Lookup lookup = open.get(host);
        if (lookup != null && lookup.waiting.remove(waiter) && lookup.waiting.isEmpty()) {
            lookup.close();
            lookup.resolving.kill("no greenlet waits for this look-up");
        }
    }
}
