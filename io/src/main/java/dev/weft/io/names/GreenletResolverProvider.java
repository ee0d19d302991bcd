package dev.weft.io.names;

import java.net.InetAddress;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Makes the look-ups of {@link InetAddress} yield in greenlets; see {@link HostNames}. The JDK finds it as a service
 * with the first look-up of the JVM. For other threads nothing changes: they get the answers of the JDK's own resolver,
 * or of the next provider on the path, if the application has one.
 *
 * <p>The JDK uses only one provider. If another one is first on the path, or the property {@code jdk.net.hosts.file} is
 * set, {@link InetAddress} blocks the loop; {@link HostNames} and {@code TcpStream.connect(String, int)} then off-load.
 */
public final class GreenletResolverProvider extends InetAddressResolverProvider {
    private static volatile boolean inUse;

    /** For the JDK. */
    public GreenletResolverProvider() {}

    /** Whether {@link InetAddress} yields in greenlets; false also before the first look-up of the JVM. */
    static boolean isInUse() {
        return inUse;
    }

    @Override
    public InetAddressResolver get(Configuration configuration) {
        return over(beneath(configuration));
    }

    /** The resolver that the JDK is to use, on top of {@code system}. */
    static InetAddressResolver over(InetAddressResolver system) {
        InetAddressResolver resolver = new GreenletResolver(system);
        inUse = true;
        return resolver;
    }

    /** The resolver that the JDK would use without this provider: that of the next provider, if this is the first. */
    private static InetAddressResolver beneath(Configuration configuration) {
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
