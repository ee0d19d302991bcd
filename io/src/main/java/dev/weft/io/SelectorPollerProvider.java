package dev.weft.io;

import dev.weft.io.epoll.EpollSelector;
import dev.weft.io.selector.SelectorPoller;
import dev.weft.spi.Poller;
import dev.weft.spi.PollerProvider;
import java.io.IOException;

/**
 * The service provider that gives every loop a selector when {@code weft-io} is on the class path or module path.
 *
 * <p>Weft's own epoll selector is used wherever it works: on Linux (x86-64, AArch64), in a JVM with the flags {@code --add-exports
 * java.base/sun.nio.ch=ALL-UNNAMED} and {@code --enable-native-access=ALL-UNNAMED}. The system property {@value #SELECTOR} selects
 * an implementation: {@code jdk}, or {@code epoll}, which fails where it does not work.
 */
public final class SelectorPollerProvider implements PollerProvider {
    /** The name of the system property that selects the implementation. */
    public static final String SELECTOR = "weft.io.selector";

    /** Creates the provider; called by the service loader. */
    public SelectorPollerProvider() {}

    /**
     * Opens a poller for one loop.
     *
     * @throws IOException if the operating system fails to provide one, for example because no file descriptors are left
     * @throws IllegalArgumentException if the property has an unknown value
     * @throws dev.weft.MissingFlag if the property is {@code epoll} and one of the required flags is missing
     * @throws UnsupportedOperationException if the property is {@code epoll} and the platform is not Linux on x86-64 or AArch64
     */
    @Override
    public Poller open() throws IOException {
        String selector = System.getProperty(SELECTOR, "auto");
        return switch (selector) {
            case "auto" -> EpollSelector.isAvailable() ? new SelectorPoller(EpollSelector::open) : new SelectorPoller();
            case "jdk" -> new SelectorPoller();
            case "epoll" -> new SelectorPoller(EpollSelector::open);
            default ->
                throw new IllegalArgumentException("the system property " + SELECTOR + " is \"" + selector
                        + "\"; it must be \"auto\" (the default), \"jdk\" or \"epoll\"");
        };
    }
}
