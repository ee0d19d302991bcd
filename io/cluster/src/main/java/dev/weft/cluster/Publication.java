package dev.weft.cluster;

import dev.weft.Awaitable;
import dev.weft.Weft;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A name under which this node has published a {@link Ref}. It ends when it is closed, when its target ends, when this node leaves
 * the cluster, or when two sides of a partition that have both given the name away meet again: then the one of the side with the
 * oldest node stays, and the other fails with {@link NameTaken}. Any thread.
 */
public final class Publication implements AutoCloseable {
    private final String name;
    private final CompletableFuture<@Nullable Void> granted = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
    private final Cluster cluster;
    private final long claim;
    private @Nullable LocalRef<?> target; // null while it is not there yet; confined to the home loop

    Publication(Cluster cluster, String name, long claim, @Nullable LocalRef<?> target) {
        this.cluster = cluster;
        this.name = name;
        this.claim = claim;
        this.target = target;
    }

    /** Returns the name. */
    public String name() {
        return name;
    }

    /**
     * Returns what completes when it ends, for a wait or a select: without a value, or with {@link NameTaken}. For one wait at a
     * time.
     */
    public Awaitable<@Nullable Void> ended() {
        return Weft.completion(end);
    }

    /** Returns whether it has not ended. */
    public boolean isOpen() {
        return !end.isDone();
    }

    /** Withdraws the name. Closing again has no effect. */
    @Override
    public void close() {
        cluster.atHome(() -> {
            cluster.registry().withdraw(this);
            return null;
        });
    }

    CompletableFuture<@Nullable Void> granted() {
        return granted;
    }

    boolean isGranted() {
        return granted.isDone();
    }

    void grant() {
        granted.complete(null);
    }

    void end(@Nullable NameTaken why) {
        if (why == null) {
            granted.completeExceptionally(new IllegalStateException(this + " was withdrawn before it was decided"));
            end.complete(null);
        } else {
            granted.completeExceptionally(why);
            end.completeExceptionally(why);
        }
    }

    /** Returns what tells the claims of a node apart. */
    long claim() {
        return claim;
    }

    /** Returns the number of its target; 0 while that is not there yet. */
    long number() {
        return target == null ? 0 : target.number();
    }

    @Nullable LocalRef<?> target() {
        return target;
    }

    void target(LocalRef<?> next) {
        target = next;
    }

    @Override
    public String toString() {
        return "publication of " + name;
    }
}
