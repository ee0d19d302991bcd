package dev.weft.io;

import dev.weft.lowlevel.Poller;
import dev.weft.lowlevel.PollerProvider;
import java.io.IOException;

/** The service that gives every loop a {@link SelectorPoller} once {@code weft-io} is on the path. */
public final class SelectorPollerProvider implements PollerProvider {
    /** For the service loader. */
    public SelectorPollerProvider() {}

    @Override
    public Poller open() throws IOException {
        return new SelectorPoller();
    }
}
