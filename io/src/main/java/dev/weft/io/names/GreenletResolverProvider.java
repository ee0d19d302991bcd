package dev.weft.io.names;

import dev.weft.io.TcpStream;
import java.net.InetAddress;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/**
 * Makes the look-ups of {@link InetAddress} yield in greenlets; see {@link HostNames}. Found by the JDK as a service, with the
 * first look-up of the JVM. For threads that are not greenlets nothing changes: the JDK's own resolver answers them, or
 * that of the next provider on the path, if the application has one.
 *
 * <p>The JDK uses one provider. If another comes before this one on the path, or the property {@code jdk.net.hosts.file}
 * is set, then {@link InetAddress} blocks the loop as it did; {@link HostNames} and {@link TcpStream#connect(String, int)}
 * off-load then.
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

    /** What the JDK is to use, over what it used without it. */
    static InetAddressResolver over(InetAddressResolver system) {
        InetAddressResolver resolver = new GreenletResolver(system);
        inUse = true;
        return resolver;
    }

    /** The JDK would have taken the first provider: if that is this one, the next is who would be in use without it. */
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
            // A provider that the JDK would not have looked at is no reason to have no names.
        }
        return configuration.builtinResolver();
    }

    @Override
    public String name() {
        return "Weft: look-ups yield in greenlets";
    }
}
