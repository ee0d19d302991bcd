package dev.weft.io.names;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The name server of the JVM that runs the tests, beneath Weft's resolver: it answers for names below {@code .staged} and
 * for addresses of 127.7.0.0/16. {@code two} has two addresses, at the first of which nobody listens; {@code known} has one,
 * and what begins with {@code hang} too, which hangs if a {@link Hang} is there; {@link #name} makes others; the rest is
 * unknown. As the JDK remembers answers, a test takes {@link #fresh} names.
 */
public final class StagedNames extends InetAddressResolverProvider {
    private static final AtomicInteger SERIAL = new AtomicInteger();
    private static final Map<String, Hang> HANGS = new ConcurrentHashMap<>();
    private static final Map<String, List<InetAddress>> NAMES = new ConcurrentHashMap<>();
    private static final Map<String, List<Thread>> ASKED = new ConcurrentHashMap<>();

    /** A name that nobody has asked for yet, beginning with {@code kind}. */
    public static String fresh(String kind) {
        return kind + "-" + SERIAL.incrementAndGet() + ".staged";
    }

    /** Gives {@code host} these addresses. */
    public static String name(String host, InetAddress... addresses) {
        NAMES.put(host, List.of(addresses));
        return host;
    }

    /** The threads on which the name server was asked for {@code host}, or for the name of that address. */
    public static List<Thread> askedFor(String host) {
        return ASKED.getOrDefault(host, List.of());
    }

    /** A name server that hangs, from its making to its close: for one name, or for all that begin with {@code hang}. */
    public static final class Hang implements AutoCloseable {
        private final String host;
        private final AtomicInteger waiting = new AtomicInteger();
        private final CountDownLatch answer = new CountDownLatch(1);

        public Hang() {
            this("hang");
        }

        public Hang(String host) {
            this.host = host;
            HANGS.put(host, this);
        }

        public boolean isAsked() {
            return waiting.get() > 0;
        }

        public void letGo() {
            answer.countDown();
        }

        private void answer() {
            waiting.incrementAndGet();
            while (answer.getCount() > 0) {
                try {
                    answer.await();
                } catch (InterruptedException e) {
                    // Deaf, as the system's resolver.
                }
            }
            waiting.decrementAndGet();
        }

        @Override
        public void close() {
            HANGS.remove(host, this);
            letGo();
            while (isAsked()) {
                Thread.onSpinWait();
            }
        }
    }

    /** For the JDK. */
    public StagedNames() {}

    @Override
    public InetAddressResolver get(Configuration configuration) {
        return GreenletResolverProvider.over(new Server(configuration.builtinResolver()));
    }

    @Override
    public String name() {
        return "staged names";
    }

    private record Server(InetAddressResolver builtin) implements InetAddressResolver {
        @Override
        public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
            if (!host.endsWith(".staged")) {
                return builtin.lookupByName(host, policy);
            }
            asked(host);
            List<InetAddress> staged = NAMES.get(host);
            if (staged != null) {
                return staged.stream();
            }
            if (host.startsWith("two")) {
                return Stream.of(address(host, 2), address(host, 1));
            }
            if (host.startsWith("hang") || host.startsWith("known")) {
                return Stream.of(address(host, 1));
            }
            throw new UnknownHostException(host);
        }

        private static void asked(String host) {
            ASKED.computeIfAbsent(host, name -> new CopyOnWriteArrayList<>()).add(Thread.currentThread());
            Hang hang = HANGS.getOrDefault(host, HANGS.get("hang"));
            if (hang != null && (hang.host.equals(host) || host.startsWith("hang"))) {
                hang.answer();
            }
        }

        private static InetAddress address(String host, int last) throws UnknownHostException {
            return InetAddress.getByAddress(host, new byte[] {127, 0, 0, (byte) last});
        }

        @Override
        public String lookupByAddress(byte[] address) throws UnknownHostException {
            InetAddress asked = InetAddress.getByAddress(address);
            if (address[0] != 127 || address[1] != 7) {
                return builtin.lookupByAddress(address);
            }
            asked(asked.getHostAddress());
            return name("host-" + asked.getHostAddress() + ".staged", asked);
        }
    }
}
