package dev.weft.io.offload;

import dev.weft.Busy;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Ensures that a resource has one user at a time; a second one fails at once. Any thread. */
public final class Exclusive {
    private final Object resource;
    private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();

    /** For {@code resource}, which messages name. */
    public Exclusive(Object resource) {
        this.resource = resource;
    }

    /**
     * The caller begins to use it; {@link #leave} must follow.
     *
     * @throws Busy if another uses it
     */
    public void enter() {
        Thread other = user.compareAndExchange(null, Thread.currentThread());
        if (other != null) {
            throw new Busy(resource, other);
        }
    }

    /** The caller no longer uses it. */
    public void leave() {
        user.set(null);
    }
}
