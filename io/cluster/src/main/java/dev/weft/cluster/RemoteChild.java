package dev.weft.cluster;

import dev.weft.supervisor.Child;
import dev.weft.supervisor.ChildSpec;
import dev.weft.workers.VoidTask;
import java.util.Objects;
import java.util.function.Function;

/** Children of a {@link dev.weft.supervisor.Supervisor} that run on other nodes. */
public final class RemoteChild {
    private RemoteChild() {}

    /**
     * A child that is a greenlet on a node of {@code cluster}, which is chosen anew at each start. That its node is lost is an
     * abnormal end, so it is restarted, on another node if the choice says so:
     *
     * <pre>{@code
     * RemoteChild.spec("indexer", cluster, view -> view.nodes().getLast(), () -> Indexer.run())
     * }</pre>
     *
     * <p>It counts as up when it is spawned. During a partition the old one may run still on the side that was lost, until that side
     * notices, and kills it.
     *
     * @param choice returns one of the nodes of a view; if it throws, the child could not be started
     */
    public static ChildSpec spec(
            String id, Cluster cluster, Function<? super ClusterView, Node> choice, VoidTask task) {
        Objects.requireNonNull(cluster, "cluster");
        Objects.requireNonNull(choice, "choice");
        Objects.requireNonNull(task, "task");
        return ChildSpec.of(
                id,
                () -> Child.of(
                        choice.apply(cluster.view().value()).spawn(id, task).greenlet()));
    }
}
