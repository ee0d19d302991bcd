package dev.weft.cluster;

import dev.weft.Outcome;
import dev.weft.cluster.NodeLost.Begun;
import dev.weft.serial.CallSite;
import dev.weft.sync.Limiter;
import dev.weft.workers.VoidTask;
import dev.weft.workers.WorkerNodes;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Brings the tasks of one pool to the node with the fewest of them. Confined to the cluster's loop, except where noted. */
final class NodeDispatcher implements WorkerNodes.Dispatcher {
    private final Cluster cluster;
    private final byte @Nullable [] initializer;
    private final Map<Node, Place> places = new HashMap<>();

    NodeDispatcher(Cluster cluster, @Nullable VoidTask initializer) {
        this.cluster = cluster;
        this.initializer = initializer == null ? null : cluster.values().write(initializer);
    }

    /** What the pool does on one node. */
    private static final class Place {
        private final Limiter initializing = new Limiter(1);
        private boolean initialized;
        private int tasks;
    }

    /** Any thread. */
    @Override
    public byte[] pack(Callable<?> task) {
        return cluster.values().write(task);
    }

    /** Any greenlet. */
    @Override
    public @Nullable Object run(byte[] task) {
        String name = cluster.tasks().nextName();
        CallSite site = CallSite.of(name);
        return cluster.tasks()
                .<@Nullable Object>atHome(name, () -> runSomewhere(name, task, site))
                .get();
    }

    private Outcome<@Nullable Object> runSomewhere(String name, byte[] code, CallSite site) {
        Set<Node> tried = new HashSet<>();
        Optional<Node> node = leastLoaded(tried);
        while (node.isPresent()) {
            Outcome<@Nullable Object> outcome = runOn(new TaskCall<>(node.get(), name, code, site));
            if (!hasNotBegun(node.get(), outcome)) {
                return outcome;
            }
            tried.add(node.get());
            node = leastLoaded(tried);
        }
        NodeLost lost = NodeLost.of(cluster.self().id(), "it has left the cluster, or no other node is left");
        return new Outcome.Failed<>(site.addTo(lost.forRequest(name, Begun.NO)));
    }

    private Optional<Node> leastLoaded(Set<Node> except) {
        List<Node> nodes = cluster.view().value().nodes();
        if (places.size() > nodes.size()) {
            places.keySet().retainAll(nodes);
        }
        return nodes.stream()
                .filter(node -> !except.contains(node))
                .min(Comparator.comparingInt(node -> place(node).tasks));
    }

    private Place place(Node node) {
        return places.computeIfAbsent(node, absent -> new Place());
    }

    /** Returns whether {@code node} was lost before it could run the task; not if the task itself has failed with such a loss. */
    private static boolean hasNotBegun(Node node, Outcome<?> outcome) {
        return outcome instanceof Outcome.Failed<?> failed
                && failed.failure() instanceof NodeLost lost
                && lost.node().equals(node.id())
                && lost.begun() == Begun.NO;
    }

    private Outcome<@Nullable Object> runOn(TaskCall<@Nullable Object> call) {
        Place place = place(call.node());
        place.tasks++;
        try {
            return initialize(place, call).orElseGet(() -> cluster.tasks().performAtHome(call));
        } finally {
            place.tasks--;
        }
    }

    /**
     * Runs the initializer before the first task on a node, and returns what keeps the task from beginning, if anything does. If the
     * node is lost meanwhile, the task has not begun.
     */
    @SuppressWarnings("try") // the lease is held but not used
    private Optional<Outcome<@Nullable Object>> initialize(Place place, TaskCall<?> call) {
        byte[] code = initializer;
        if (code == null || place.initialized) {
            return Optional.empty();
        }
        try (Limiter.Lease lease = place.initializing.acquire()) {
            if (place.initialized) {
                return Optional.empty();
            }
            String name = "initializer of " + call.name();
            Outcome<@Nullable Object> outcome =
                    cluster.tasks().performAtHome(new TaskCall<>(call.node(), name, code, call.site()));
            if (outcome instanceof Outcome.Returned<?>) {
                place.initialized = true;
                return Optional.empty();
            }
            return Optional.of(
                    outcome instanceof Outcome.Failed<?> failed && failed.failure() instanceof NodeLost lost
                            ? new Outcome.Failed<>(lost.forRequest(call.name(), Begun.NO))
                            : outcome);
        }
    }
}
