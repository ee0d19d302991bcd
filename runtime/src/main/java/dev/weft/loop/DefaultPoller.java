package dev.weft.loop;

import dev.weft.spi.Poller;
import dev.weft.spi.PollerProvider;
import java.io.IOException;
import java.util.Iterator;
import java.util.ServiceLoader;

/**
 * Opens the poller of the provider on the path; without one, the loop parks. The provider of {@code weft-io} takes precedence
 * and is looked up by name, as a {@link ServiceLoader} search takes a tenth of the time to the first greenlet.
 */
final class DefaultPoller implements PollerProvider {
    private static final String SELECTOR = "dev.weft.io.SelectorPollerProvider";

    @Override
    public Poller open() throws IOException {
        return provider().open();
    }

    private static PollerProvider provider() {
        ClassLoader loader = DefaultPoller.class.getClassLoader();
        try {
            return Class.forName(SELECTOR, true, loader)
                    .asSubclass(PollerProvider.class)
                    .getConstructor()
                    .newInstance();
        } catch (ClassNotFoundException e) {
            Iterator<PollerProvider> found =
                    ServiceLoader.load(PollerProvider.class, loader).iterator();
            return found.hasNext() ? found.next() : ParkPoller::new;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(SELECTOR + " is on the path, but of a different version of Weft", e);
        }
    }
}
