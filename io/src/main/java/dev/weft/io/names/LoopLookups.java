package dev.weft.io.names;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Offload;
import dev.weft.lowlevel.Suspension;
import dev.weft.lowlevel.WaitQueue;
import dev.weft.lowlevel.Waiter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that greenlets of one loop are asking for. A greenlet of its own asks {@link InetAddress} for each, since
 * whoever does may have to wait for the JDK's lock on that name, out of reach of deadlines and kills. When nobody waits any
 * more it is killed. Belongs to the loop's thread.
 */
final class LoopLookups {
    /** For JVMs in which {@link InetAddress} blocks. */
    private static final Offload ELSEWHERE = Offload.abandoning().limit(new Semaphore(ResolverCalls.THREADS, true));

    private final Map<String, Open> open = new HashMap<>();

    /** One that has no answer yet. */
    private final class Open {
        private final String host;
        private final WaitQueue<List<InetAddress>> waiting = new WaitQueue<>();
        private final Greenlet<?> asker;

        Open(String host) {
            this.host = host;
            asker = Loop.current().spawn("look-up of " + host, this::ask);
            Suspension.whenEnded(
                    asker, ended -> tell(new Cancelled("the greenlet that looked up " + host + " was killed", null)));
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
                tell(t);
            }
        }

        private InetAddress[] addresses() throws UnknownHostException {
            return GreenletResolverProvider.isInUse()
                    ? InetAddress.getAllByName(host)
                    : ELSEWHERE.call(() -> InetAddress.getAllByName(host));
        }

        private void tell(Throwable failure) {
            Waiter<? super List<InetAddress>> waiter;
            while ((waiter = waiting.poll()) != null) {
                waiter.fail(failure instanceof Error ? failure : copy(failure));
            }
        }

        /** One for each: what a greenlet fails with is added to. */
        private UnknownHostException copy(Throwable failure) {
            String message = failure instanceof UnknownHostException ? failure.getMessage() : null;
            UnknownHostException copy =
                    new UnknownHostException(message == null ? "the look-up of " + host + " failed" : message);
            copy.initCause(failure);
            return copy;
        }

        private void close() {
            open.remove(host, this);
        }
    }

    void add(String host, Waiter<? super List<InetAddress>> waiter) {
        Open inquiry = open.get(host);
        if (inquiry == null) {
            inquiry = new Open(host);
            open.put(host, inquiry);
        }
        inquiry.waiting.add(waiter);
    }

    void remove(String host, Waiter<? super List<InetAddress>> waiter) {
        @Nullable Open inquiry = open.get(host);
        if (inquiry != null && inquiry.waiting.remove(waiter) && inquiry.waiting.isEmpty()) {
            inquiry.close();
            inquiry.asker.kill("nobody waits for it any more");
        }
    }
}
