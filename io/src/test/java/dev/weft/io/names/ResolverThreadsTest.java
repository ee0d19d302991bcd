package dev.weft.io.names;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.io.Inheritance;
import dev.weft.spi.Clock;
import dev.weft.testing.NoGreenletLeaks;
import java.net.InetAddress;
import java.net.spi.InetAddressResolver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The threads that look up names inherit nothing from whoever needs one first, and outlive what is thrown in them. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
final class ResolverThreadsTest {
    @Test
    void theThreadThatLooksUpNamesInheritsNothing() throws Exception {
        CompletableFuture<Inheritance> seen = new CompletableFuture<>();
        ResolverCalls lookUps = new ResolverCalls(new Loopback(), Clock.system());
        Inheritance.inAGreenletOfAnApplication(
                () -> lookUps.ask(new Asked(() -> seen.complete(Inheritance.ofThisThread()))));
        seen.join().assertNobodys();
    }

    @Test
    void aLookUpThatCannotBeTakenOffTheBooksIsAnsweredAllTheSame() throws Exception {
        ResolverCalls lookUps = new ResolverCalls(new Loopback(), Clock.system());
        AtomicBoolean hasThrown = new AtomicBoolean();
        try (LoopGroup group = LoopGroup.open(1)) {
            Greenlet<InetAddress> pendingAnswer = group.spawn(() -> lookUps.ask(new Asked(() -> {}) {
                @Override
                public int hashCode() {
                    if (!Thread.currentThread().isVirtual() && hasThrown.compareAndSet(false, true)) {
                        throw new InternalError("thrown by a test");
                    }
                    return 1;
                }
            }));
            assertEquals(InetAddress.getLoopbackAddress(), pendingAnswer.join());
            assertTrue(hasThrown.get());
        }
        while (!lookUps.toString().equals("0 look-ups on 0 threads")) {
            Thread.onSpinWait();
        }
    }

    /** Knows one address. */
    private static final class Loopback implements InetAddressResolver {
        @Override
        public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) {
            return Stream.of(InetAddress.getLoopbackAddress());
        }

        @Override
        public String lookupByAddress(byte[] address) {
            return "localhost";
        }
    }

    /** A query that does something when it is asked. */
    private static class Asked implements ResolverCall.Query<InetAddress> {
        private final Runnable when;

        Asked(Runnable when) {
            this.when = when;
        }

        @Override
        public InetAddress ask(InetAddressResolver resolver) {
            when.run();
            return InetAddress.getLoopbackAddress();
        }

        @Override
        public String toString() {
            return "look-up of a test";
        }
    }
}
