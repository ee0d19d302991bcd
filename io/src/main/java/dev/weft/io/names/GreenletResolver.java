package dev.weft.io.names;

import dev.weft.MissingFlag;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Clock;
import dev.weft.spi.Sneaky;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.util.List;
import java.util.stream.Stream;

/**
 * A resolver that suspends a greenlet while {@linkplain ResolverCalls a thread} calls the JDK's resolver. All other threads call
 * the JDK's resolver directly, as do loop callbacks, which cannot wait.
 *
 * <p>The JDK treats a runtime exception from a resolver as an unknown host, and caches that result for ten seconds for all
 * callers. An exception that ends a greenlet's wait (a kill or a deadline) is therefore thrown as an {@link
 * InterruptedIOException}, which the JDK propagates, with the {@link dev.weft.Cancelled} as its cause, by which scopes recognise
 * it.
 */
final class GreenletResolver implements InetAddressResolver {
    private final InetAddressResolver system;
    private final ResolverCalls lookUps;

    GreenletResolver(InetAddressResolver system) {
        this.system = system;
        lookUps = new ResolverCalls(system, Clock.system());
    }

    private record AddressQuery(String host, int characteristics) implements ResolverCall.Query<List<InetAddress>> {
        @Override
        public List<InetAddress> ask(InetAddressResolver resolver) throws UnknownHostException {
            try (Stream<InetAddress> found = resolver.lookupByName(host, LookupPolicy.of(characteristics))) {
                return found.toList();
            }
        }

        @Override
        public String toString() {
            return "look-up of " + host;
        }
    }

    private record NameQuery(InetAddress address) implements ResolverCall.Query<String> {
        @Override
        public String ask(InetAddressResolver resolver) throws UnknownHostException {
            return resolver.lookupByAddress(address.getAddress());
        }

        @Override
        public String toString() {
            return "look-up of the name of " + address.getHostAddress();
        }
    }

    @Override
    public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
        return inGreenlet()
                ? ask(new AddressQuery(host, policy.characteristics())).stream()
                : system.lookupByName(host, policy);
    }

    @Override
    public String lookupByAddress(byte[] address) throws UnknownHostException {
        return inGreenlet() ? ask(new NameQuery(InetAddress.getByAddress(address))) : system.lookupByAddress(address);
    }

    private <T> T ask(ResolverCall.Query<T> query) throws UnknownHostException {
        try {
            return lookUps.ask(query);
        } catch (RuntimeException e) {
            InterruptedIOException interrupted =
                    new InterruptedIOException("the " + query + " was abandoned: " + e.getMessage());
            interrupted.initCause(e);
            throw Sneaky.rethrow(interrupted);
        }
    }

    /** Returns whether the caller is a greenlet. Also called in JVMs without loops, where the flag they need may be missing. */
    private static boolean inGreenlet() {
        if (!Thread.currentThread().isVirtual()) {
            return false;
        }
        try {
            return Suspension.isOnLoop();
        } catch (MissingFlag noLoops) {
            return false;
        }
    }
}
