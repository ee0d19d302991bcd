package dev.weft.io.offload;

import dev.weft.Busy;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A guard that ensures that a resource has one user at a time; a second one fails immediately. Any thread. */
public final class Exclusive {
    private final Object resource;
    private final AtomicReference<@Nullable Thread> user = new AtomicReference<>();

    /** Creates a guard for {@code resource}, which is named in messages. */
    public Exclusive(Object resource) {
        this.resource = resource;
    }

    /**
     * Acquires the resource for the caller. Must be followed by {@link #leave}.
     *
     * @throws Busy if another user holds it
     */
    public void enter() {
        Thread other = user.compareAndExchange(null, Thread.currentThread());
        if (other != null) {
            throw new Busy(resource, other);
        }
    }

    /** Releases the resource. */
    public void leave() {
        user.set(null);
    }
}
