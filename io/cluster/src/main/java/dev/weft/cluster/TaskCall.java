package dev.weft.cluster;

import dev.weft.Cancelled;
import dev.weft.serial.CallSite;
import dev.weft.workers.Task;
import dev.weft.workers.VoidTask;
import java.io.Serializable;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A task that a node is to run.
 *
 * @param <T> its result
 * @param name the name of its greenlet there
 * @param code the task, as {@link Values} writes it
 * @param site where it was asked for
 */
@SuppressWarnings({"ArrayRecordComponent", "UnusedTypeParameter"
}) // it is never compared; the type is that of what comes back
record TaskCall<T extends @Nullable Object>(Node node, String name, byte[] code, CallSite site) {

    /**
     * Creates one for {@code task}.
     *
     * @throws dev.weft.serial.SerializationFailed if it cannot travel
     */
    static <T extends @Nullable Object> TaskCall<T> of(Node node, String name, Task<T> task, Cluster cluster) {
        return create(node, name, task, cluster);
    }

    /** As {@link #of(Node, String, Task, Cluster)}, for a task without a result. */
    static TaskCall<@Nullable Void> of(Node node, String name, VoidTask task, Cluster cluster) {
        return create(node, name, task, cluster);
    }

    private static <T extends @Nullable Object> TaskCall<T> create(
            Node node, String name, Serializable task, Cluster cluster) {
        Objects.requireNonNull(name, "name");
        byte[] code = cluster.values().write(Objects.requireNonNull(task, "task"));
        return new TaskCall<>(node, name, code, CallSite.of(name + " on node " + node));
    }

    /** Returns the reason for which the wait that threw {@code cancelled} was ended. */
    static String reason(Throwable cancelled) {
        Throwable origin =
                cancelled instanceof Cancelled && cancelled.getCause() instanceof Cancelled cause ? cause : cancelled;
        return origin instanceof Cancelled ? String.valueOf(origin.getMessage()) : origin.toString();
    }
}
