package dev.weft.offload;

import dev.weft.kernel.EventLoop;

/** The two pools of a group: for calls that block, and for calls that compute. */
public record OffloadPools(OffloadPool blocking, OffloadPool computing) implements AutoCloseable {
    /** An owner of a loop that has such pools. */
    public interface Holder {
        OffloadPools offloadPools();
    }

    /** Pools of up to {@code threads} threads for calls that block; none is started before it is needed. */
    public static OffloadPools of(String group, int threads) {
        return new OffloadPools(
                new OffloadPool(group + "-offload", threads),
                new OffloadPool(group + "-compute", Runtime.getRuntime().availableProcessors()));
    }

    /** Those of the loop that the caller is on. */
    static OffloadPools current() {
        return ((Holder) EventLoop.current().owner).offloadPools();
    }

    @Override
    public void close() {
        blocking.close();
        computing.close();
    }
}
