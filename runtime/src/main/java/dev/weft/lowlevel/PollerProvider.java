package dev.weft.lowlevel;

import java.io.IOException;

/**
 * Opens the {@link Poller} of a loop. Found by {@link java.util.ServiceLoader}: {@code weft-io} brings one on a {@link
 * java.nio.channels.Selector}; without any, a loop parks.
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
