package dev.weft.io.offload;

import dev.weft.Busy;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Sees to it that a resource is used by one at a time, and that a second one hears of it at once. Any thread. */
public final class Exclusive {
    private final Object resource;
    private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();

    /** For the use of {@code resource}. */
    public Exclusive(Object resource) {
        this.resource = resource;
    }

    /**
     * The caller begins to use it; {@link #leave} must follow.
     *
     * @throws Busy if another does
     */
    public void enter() {
        Thread other = user.compareAndExchange(null, Thread.currentThread());
        if (other != null) {
            throw new Busy(resource, other);
        }
    }

    /** The caller does not use it any longer. */
    public void leave() {
        user.set(null);
    }
}
