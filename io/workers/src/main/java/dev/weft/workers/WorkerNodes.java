package dev.weft.workers;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Programs elsewhere that can run the tasks of pools: the nodes of a cluster. For {@link Workers#nodes}. */
public interface WorkerNodes {
    /**
     * Returns what brings one pool's tasks to the nodes. Called when the pool is opened.
     *
     * @param initializer what each node is to do before its first task of this pool; null if there is nothing
     */
    Dispatcher dispatcher(@Nullable VoidTask initializer);

    /** Brings the tasks of one pool to the nodes. Called by greenlets of the pool's loop, except where noted. */
    interface Dispatcher {
        /**
         * Returns {@code task} as it travels. Any thread; never waits.
         *
         * @throws dev.weft.serial.SerializationFailed if it cannot travel
         */
        byte[] pack(Callable<?> task);

        /**
         * Runs a task on a node and returns its result or throws its failure. If the calling greenlet is cancelled, so is the
         * task, and this returns once that has ended.
         */
        @Nullable Object run(byte[] task) throws Exception;
    }
}
