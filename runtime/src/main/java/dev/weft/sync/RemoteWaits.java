package dev.weft.sync;

import dev.weft.Awaitable;
import dev.weft.Loop;
import dev.weft.spi.Waiter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The waits from outside the home loop for one awaitable that any number of them may await at once. {@link #subscribe} and
 * {@link #unsubscribe} must be called on the waiter's thread, as for any awaitable.
 */
final class RemoteWaits<T extends @Nullable Object> {
    private final HomeGateway gateway;
    private final Awaitable<T> target;
    private final Map<Waiter<? super T>, RemoteWait<T>> waits = new ConcurrentHashMap<>();

    /** For {@code target}, which may be used only on {@code home}. */
    RemoteWaits(Loop home, Awaitable<T> target) {
        gateway = new HomeGateway(home, target.toString());
        this.target = target;
    }

    /** Waits. A calling greenlet yields; a calling thread blocks. */
    T await() {
        return new RemoteWait<>(gateway, target).await(null);
    }

    void subscribe(Waiter<? super T> waiter) {
        RemoteWait<T> wait = new RemoteWait<>(gateway, target) {
            @Override
            void returned() {
                waits.remove(waiter);
            }
        };
        waits.put(waiter, wait);
        try {
            wait.subscribe(waiter);
        } catch (RuntimeException | Error e) {
            waits.remove(waiter);
            throw e;
        }
    }

    /** As {@link Awaitable#unsubscribe}. */
    boolean unsubscribe(Waiter<? super T> waiter) {
        RemoteWait<T> wait = waits.get(waiter);
        if (wait == null) {
            return true;
        }
        if (!wait.unsubscribe(waiter)) {
            return false;
        }
        waits.remove(waiter);
        return true;
    }
}
