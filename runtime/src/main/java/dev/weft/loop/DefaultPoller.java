package dev.weft.loop;

import dev.weft.spi.Poller;
import dev.weft.spi.PollerProvider;
import java.io.IOException;
import java.util.Iterator;
import java.util.ServiceLoader;

/**
 * The poller of the provider that is on the path; without any, a loop parks. The provider of {@code weft-io} goes before
 * others and is asked for by its name, as a search by {@link ServiceLoader} takes a tenth of the time to a first greenlet.
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
            throw new IllegalStateException(SELECTOR + " is on the path and of another version of Weft", e);
        }
    }
}
