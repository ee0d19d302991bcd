package dev.weft.offload;

import dev.weft.kernel.EventLoop;

/** The two pools of a group: for blocking calls and for computations. */
public record OffloadPools(OffloadPool blocking, OffloadPool computing) implements AutoCloseable {
    /** The owner of a loop with such pools. */
    public interface Holder {
        OffloadPools offloadPools();
    }

    /** Creates pools whose threads are started on demand; {@code threads} is the maximum for blocking calls. */
    public static OffloadPools of(String group, int threads) {
        return new OffloadPools(
                new OffloadPool(group + "-offload", threads),
                new OffloadPool(group + "-compute", Runtime.getRuntime().availableProcessors()));
    }

    /** Returns the pools of the loop that the caller is on. */
    static OffloadPools current() {
        return ((Holder) EventLoop.current().owner).offloadPools();
    }

    @Override
    public void close() {
        blocking.close();
        computing.close();
    }
}
