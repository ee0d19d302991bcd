package dev.weft.io.names;

import dev.weft.Weft;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.stream.Stream;

/** The program of {@link ResolverInstallationTest}: asks for a name in the ways that its arguments give, and prints who did. */
final class NamesProgram {
    private NamesProgram() {}

    /** The provider of an application: each of its names has an address, and tells on which thread it was asked for. */
    public static final class OfTheApplication extends InetAddressResolverProvider {
        /** For the JDK. */
        public OfTheApplication() {}

        @Override
        public InetAddressResolver get(Configuration configuration) {
            return new InetAddressResolver() {
                @Override
                public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) throws UnknownHostException {
                    if (!host.endsWith(".application")) {
                        return configuration.builtinResolver().lookupByName(host, policy);
                    }
                    System.out.println("the application's resolver was asked for " + host + " by " + caller());
                    return Stream.of(InetAddress.getByAddress(host, new byte[] {127, 0, 0, 9}));
                }

                @Override
                public String lookupByAddress(byte[] address) throws UnknownHostException {
                    return configuration.builtinResolver().lookupByAddress(address);
                }
            };
        }

        @Override
        public String name() {
            return "the application's";
        }
    }

    public static void main(String[] arguments) throws Exception {
        String host = arguments[1];
        switch (arguments[0]) {
            case "thread" -> print(InetAddress.getByName(host));
            case "virtual" ->
                Thread.ofVirtual().name("v").start(() -> print(byName(host))).join();
            case "greenlet" -> Weft.run(() -> print(byName(host)));
            case "names" -> Weft.run(() -> print(HostNames.lookUp(host).get(0)));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
        System.out.println("in use: " + GreenletResolverProvider.isInUse());
    }

    private static InetAddress byName(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static void print(InetAddress address) {
        System.out.println(address.getHostAddress());
    }

    private static String caller() {
        Thread thread = Thread.currentThread();
        return (thread.isVirtual() ? "virtual " : "") + "thread " + thread.getName();
    }
}
