package dev.weft.spi;

import java.io.IOException;

/**
 * Opens the {@link Poller} of a loop. {@code weft-io} provides one based on {@link java.nio.channels.Selector}. If that is
 * not on the path, the first one that {@link java.util.ServiceLoader} finds is used; without any, an idle loop parks.
 */
@FunctionalInterface
public interface PollerProvider {
    /**
     * Opens a poller for one loop.
     *
     * @throws IOException if the system refuses, for example because no file descriptors are left
     */
    Poller open() throws IOException;
}
