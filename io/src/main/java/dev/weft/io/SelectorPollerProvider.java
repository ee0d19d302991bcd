package dev.weft.io;

import dev.weft.io.epoll.EpollSelector;
import dev.weft.io.selector.SelectorPoller;
import dev.weft.spi.Poller;
import dev.weft.spi.PollerProvider;
import java.io.IOException;

/**
 * The service provider that gives every loop a selector when {@code weft-io} is on the class path or module path.
 *
 * <p>The system property {@value #SELECTOR} selects the implementation: {@code jdk} (the default), or {@code epoll} for Weft's
 * own, which handles the events of very many busy connections in small batches. The latter requires Linux and the flags {@code
 * --add-exports java.base/sun.nio.ch=ALL-UNNAMED} and {@code --enable-native-access=ALL-UNNAMED}.
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
        String selector = System.getProperty(SELECTOR, "jdk");
        return switch (selector) {
            case "jdk" -> new SelectorPoller();
            case "epoll" -> new SelectorPoller(EpollSelector::open);
            default ->
                throw new IllegalArgumentException("the system property " + SELECTOR + " is \"" + selector
                        + "\"; it must be \"jdk\" (the default) or \"epoll\"");
        };
    }
}
