package dev.weft.io;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The resolver of the JVM that runs the tests: names below {@code .staged} are the tests' own. {@code two} has two addresses,
 * at the first of which nobody listens; {@code hang} hangs until it is let go; others are unknown.
 */
public final class StagedNames extends InetAddressResolverProvider {
    private static volatile @Nullable Hang hang;

    /** A name server that hangs, from its making to its close. */
    static final class Hang implements AutoCloseable {
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch answer = new CountDownLatch(1);
        private final CountDownLatch answered = new CountDownLatch(1);

        Hang() {
            hang = this;
        }

        boolean isAsked() {
            return asked.getCount() == 0;
        }

        void letGo() {
            answer.countDown();
        }

        private void answer() {
            asked.countDown();
            awaitDeaf(answer);
            answered.countDown();
        }

        @Override
        public void close() {
            hang = null;
            letGo();
            if (isAsked()) {
                awaitDeaf(answered);
            }
        }

        /** Deaf to interrupts, as the system's resolver. */
        private static void awaitDeaf(CountDownLatch latch) {
            while (latch.getCount() > 0) {
                try {
                    latch.await();
                } catch (InterruptedException e) {
                    // Not heard.
                }
            }
        }
    }

    /** For the JDK. */
    public StagedNames() {}

    @Override
    public InetAddressResolver get(Configuration configuration) {
        return new Resolver(configuration.builtinResolver());
    }

    @Override
    public String name() {
        return "staged names";
    }

    private record Resolver(InetAddressResolver builtin) implements InetAddressResolver {
        @Override
        public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
            if (!host.endsWith(".staged")) {
                return builtin.lookupByName(host, policy);
            }
            if (host.startsWith("two")) {
                return Stream.of(address(host, 2), address(host, 1));
            }
            Hang present = hang;
            if (host.startsWith("hang") && present != null) {
                present.answer();
                return Stream.of(address(host, 1));
            }
            throw new UnknownHostException(host);
        }

        private static InetAddress address(String host, int last) throws UnknownHostException {
            return InetAddress.getByAddress(host, new byte[] {127, 0, 0, (byte) last});
        }

        @Override
        public String lookupByAddress(byte[] address) throws UnknownHostException {
            return builtin.lookupByAddress(address);
        }
    }
}
