package dev.weft.io.names;

import dev.weft.MissingFlag;
import dev.weft.lowlevel.Clock;
import dev.weft.lowlevel.Suspension;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.util.List;
import java.util.stream.Stream;

/**
 * The JDK's resolver, with a yield in it: a greenlet that asks waits while a {@linkplain ResolverCalls thread} does. All other
 * threads go straight to the resolver beneath; so do callbacks of a loop, which cannot wait.
 *
 * <p>The JDK takes a runtime exception of a resolver for an unknown host, and remembers that for ten seconds, for all. So
 * what ends a greenlet's wait (a kill, a deadline) comes out as an {@link InterruptedIOException}, which the JDK lets
 * pass, with the {@link dev.weft.Cancelled} as its cause; scopes know it by that.
 */
final class GreenletResolver implements InetAddressResolver {
    private final InetAddressResolver system;
    private final ResolverCalls lookUps;

    GreenletResolver(InetAddressResolver system) {
        this.system = system;
        lookUps = new ResolverCalls(system, Clock.system());
    }

    private record Addresses(String host, int characteristics) implements ResolverCall.Question<List<InetAddress>> {
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

    private record Name(InetAddress address) implements ResolverCall.Question<String> {
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
                ? ask(new Addresses(host, policy.characteristics())).stream()
                : system.lookupByName(host, policy);
    }

    @Override
    public String lookupByAddress(byte[] address) throws UnknownHostException {
        return inGreenlet() ? ask(new Name(InetAddress.getByAddress(address))) : system.lookupByAddress(address);
    }

    private <T> T ask(ResolverCall.Question<T> question) throws UnknownHostException {
        try {
            return lookUps.ask(question);
        } catch (RuntimeException e) {
            InterruptedIOException passing =
                    new InterruptedIOException("the " + question + " was left: " + e.getMessage());
            passing.initCause(e);
            throw GreenletResolver.<RuntimeException>unchecked(passing);
        }
    }

    /** Whether the caller can wait; asked in JVMs too in which there is no loop and the flag for one is missing. */
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

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // erased: the cast never happens
    private static <X extends Exception> X unchecked(Exception failure) throws X {
        throw (X) failure;
    }
}
