package dev.weft.spi;

import java.io.IOException;

/**
 * Opens the {@link Poller} of a loop. {@code weft-io} brings one on a {@link java.nio.channels.Selector}; where that is not
 * on the path, the first that {@link java.util.ServiceLoader} finds is taken; without any, a loop parks.
 */
@FunctionalInterface
public interface PollerProvider {
    /**
     * Opens a poller for one loop.
     *
     * @throws IOException if the system refuses, such as when no file descriptor is left
     */
    Poller open() throws IOException;
}
