package dev.weft.io;

import dev.weft.io.epoll.EpollSelector;
import dev.weft.io.selector.SelectorPoller;
import dev.weft.spi.Poller;
import dev.weft.spi.PollerProvider;
import java.io.IOException;

/**
 * The service that gives every loop a selector, once {@code weft-io} is on the path.
 *
 * <p>The system property {@value #SELECTOR} chooses its kind: {@code jdk}, the default, or {@code epoll} for Weft's own, which
 * takes the events of very many busy connections in small portions. The latter is for Linux, and needs the flags {@code --add-exports java.base/sun.nio.ch=ALL-UNNAMED} and {@code --enable-native-access=ALL-UNNAMED}.
 */
public final class SelectorPollerProvider implements PollerProvider {
    /** The name of the system property. */
    public static final String SELECTOR = "weft.io.selector";

    /** For the service loader. */
    public SelectorPollerProvider() {}

    /**
     * Opens a poller for one loop.
     *
     * @throws IOException if the system refuses, such as when no file descriptor is left
     * @throws IllegalArgumentException if the property has another value
     * @throws dev.weft.MissingFlag if it is {@code epoll}, and one of the flags is missing
     * @throws UnsupportedOperationException if it is {@code epoll}, and this is not Linux on x86-64 or AArch64
     */
    @Override
    public Poller open() throws IOException {
        String selector = System.getProperty(SELECTOR, "jdk");
        return switch (selector) {
            case "jdk" -> new SelectorPoller();
            case "epoll" -> new SelectorPoller(EpollSelector::open);
            default ->
                throw new IllegalArgumentException("the system property " + SELECTOR + " is \"" + selector
                        + "\"; it can be \"jdk\", which is the default, or \"epoll\"");
        };
    }
}
