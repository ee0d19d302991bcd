package dev.weft.io.names;

import java.net.InetAddress;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * The service provider that makes {@link InetAddress} look-ups yield in greenlets; see {@link HostNames}. The JDK loads it on the
 * first look-up in the JVM. Nothing changes for other threads: they get the answers of the JDK's own resolver, or of the next
 * provider on the path if the application has one.
 *
 * <p>The JDK uses only one provider. If another one comes first on the path, or the property {@code jdk.net.hosts.file} is set,
 * {@link InetAddress} blocks the loop; {@link HostNames} and {@code TcpStream.connect(String, int)} then off-load.
 */
public final class GreenletResolverProvider extends InetAddressResolverProvider {
    private static volatile boolean inUse;

    /** Creates the provider; called by the JDK. */
    public GreenletResolverProvider() {}

    /** Returns whether {@link InetAddress} yields in greenlets. Also false before the first look-up in the JVM. */
    static boolean isInUse() {
        return inUse;
    }

    @Override
    public InetAddressResolver get(Configuration configuration) {
        return over(delegate(configuration));
    }

    /** Returns the resolver for the JDK to use, which delegates to {@code system}. */
    static InetAddressResolver over(InetAddressResolver system) {
        InetAddressResolver resolver = new GreenletResolver(system);
        inUse = true;
        return resolver;
    }

    /** Returns the resolver that the JDK would use without this provider: the next provider's, if this one is first. */
    private static InetAddressResolver delegate(Configuration configuration) {
        try {
            List<ServiceLoader.Provider<InetAddressResolverProvider>> all =
                    ServiceLoader.load(InetAddressResolverProvider.class).stream()
                            .limit(2)
                            .toList();
            if (all.size() > 1 && all.get(0).type() == GreenletResolverProvider.class) {
                return all.get(1).get().get(configuration);
            }
        } catch (ServiceConfigurationError broken) {
            // A broken provider that the JDK would not have loaded must not disable look-ups.
        }
        return configuration.builtinResolver();
    }

    @Override
    public String name() {
        return "Weft: look-ups yield in greenlets";
    }
}
