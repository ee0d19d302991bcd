package dev.weft.cluster;

import dev.weft.Scope;
import dev.weft.cluster.transport.NodeId;
import dev.weft.workers.Task;
import dev.weft.workers.VoidTask;
import org.jspecify.annotations.Nullable;

/** A node of a cluster, as another one sees it, or itself. Nodes are equal if they have the same {@link #id}. Any thread. */
public final class Node {
    private final Cluster cluster;
    private final NodeId id;

    Node(Cluster cluster, NodeId id) {
        this.cluster = cluster;
        this.id = id;
    }

    /** Returns its identity, which can be sent to others; see {@link Cluster#node}. */
    public NodeId id() {
        return id;
    }

    /** Returns its name, as its {@link ClusterConfig} says. */
    public String name() {
        return id.name();
    }

    /** Returns whether it is this one. */
    public boolean isSelf() {
        return equals(cluster.self());
    }

    /**
     * Spawns a greenlet on this node, which runs {@code task} (Erlang's {@code spawn/2}). Returns at once; as with a greenlet of this
     * node, nothing is sent before the caller yields.
     *
     * <p>What the task captures is copied, and so is its result, on the node that spawns too. Both must be serialisable, and their
     * classes allowed by the {@link ClusterConfig} of both nodes. It runs on the loop of the other node's cluster, or on one of
     * {@link ClusterConfig#spawnOn}. When this node is lost to the other one, it is killed there.
     *
     * @throws dev.weft.serial.SerializationFailed if the task cannot travel; the message names the class and the field
     */
    public <T extends @Nullable Object> RemoteGreenlet<T> spawn(Task<T> task) {
        return spawn(cluster.tasks().nextName(), task);
    }

    /** As {@link #spawn(Task)}, for a task without a result. */
    public RemoteGreenlet<@Nullable Void> spawn(VoidTask task) {
        return spawn(cluster.tasks().nextName(), task);
    }

    /** As {@link #spawn(Task)}, with a name, which the greenlet has on both nodes. */
    public <T extends @Nullable Object> RemoteGreenlet<T> spawn(String name, Task<T> task) {
        return cluster.tasks().spawn(TaskCall.of(this, name, task, cluster));
    }

    /** As {@link #spawn(String, Task)}, for a task without a result. */
    public RemoteGreenlet<@Nullable Void> spawn(String name, VoidTask task) {
        return cluster.tasks().spawn(TaskCall.of(this, name, task, cluster));
    }

    /**
     * As {@link #spawn(Task)}, as a child of {@code scope}: the scope ends after it, and kills it when it is cancelled. Must be
     * called on the loop of the scope.
     */
    public <T extends @Nullable Object> RemoteGreenlet<T> spawn(Scope scope, Task<T> task) {
        return cluster.tasks().spawn(scope, TaskCall.of(this, cluster.tasks().nextName(), task, cluster));
    }

    /** As {@link #spawn(Scope, Task)}, for a task without a result. */
    public RemoteGreenlet<@Nullable Void> spawn(Scope scope, VoidTask task) {
        return cluster.tasks().spawn(scope, TaskCall.of(this, cluster.tasks().nextName(), task, cluster));
    }

    /**
     * Runs {@code task} on this node, as {@link #spawn(Task)} does, waits for it, and returns its result or throws its failure. If
     * the caller is killed, its scope is cancelled, or its deadline expires, the task is killed, and the caller waits until it has
     * ended.
     *
     * @throws NodeLost if the node was lost
     */
    public <T extends @Nullable Object> T call(Task<T> task) {
        return cluster.tasks()
                .perform(TaskCall.of(this, cluster.tasks().nextName(), task, cluster))
                .get();
    }

    /** As {@link #call(Task)}, for a task without a result. */
    public void call(VoidTask task) {
        cluster.tasks()
                .perform(TaskCall.of(this, cluster.tasks().nextName(), task, cluster))
                .get();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Node node && node.id.equals(id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }

    @Override
    public String toString() {
        return id.toString();
    }
}
