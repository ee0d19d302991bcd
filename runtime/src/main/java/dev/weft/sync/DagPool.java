package dev.weft.sync;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Greenlets that wait for each other's results, by key: each starts at once, and proceeds as what it depends on becomes available
 * (as eventlet's {@code DAGPool}). The graph need not be known beforehand, and a key may be asked for before it is spawned.
 *
 * <pre>{@code
 * try (DagPool<String, Path> build = new DagPool<>()) {
 *     build.post("sources", sources);
 *     build.spawn("classes", List.of("sources"), inputs -> compile(inputs.value("sources")));
 *     build.spawn("jar", List.of("classes"), inputs -> pack(inputs.value("classes")));
 *     for (DagResult<String, Path> done : build.results()) {
 *         System.out.println(done.key() + ": " + done.value());
 *     }
 * }
 * }</pre>
 *
 * <p>A failure is the result of its key. Whoever asks for that value gets {@link DependencyFailed} with the chain of keys; a task
 * that does not handle it fails for that reason, and so on. The others keep running.
 *
 * <p>It limits nothing but the order; for a limit, use a {@link Limiter} in the tasks. It has a {@linkplain dev.weft.sync home},
 * where its greenlets run, and can be used from anywhere.
 *
 * @param <K> the keys, with {@code equals} and {@code hashCode}
 * @param <V> the values
 */
public final class DagPool<K, V extends @Nullable Object> implements AutoCloseable {

    static {
        Suspension.spawnsForOthers(DagPool.class);
    }

    private final HomeGateway gateway;
    private final Map<K, DagNode<K, V>> nodes = new LinkedHashMap<>();
    private boolean closed;

    /** Creates a pool on the caller's loop; throws {@link IllegalStateException} outside any loop. */
    public DagPool() {
        this(Loop.current());
    }

    /** Creates a pool on {@code home}. Any thread. */
    public DagPool(Loop home) {
        gateway = new HomeGateway(Objects.requireNonNull(home, "home"), "DAG pool");
    }

    /** What computes the value of a key; it may wait and may throw. */
    @FunctionalInterface
    public interface Task<K, V extends @Nullable Object, X extends Exception> {
        /** Returns the value. {@code inputs} are the results of the dependencies, which need not be available yet. */
        V run(DagResults<K, V> inputs) throws X;
    }

    /**
     * Queues a greenlet that computes the value of {@code key} from those of {@code dependencies}. It need not wait for all of
     * them before it begins.
     *
     * @throws IllegalStateException if the key has been spawned or posted already, or the pool is closed
     * @throws IllegalArgumentException if one of the dependencies waits for {@code key}: the message names the cycle
     */
    public void spawn(K key, Collection<? extends K> dependencies, Task<K, V, ?> task) {
        Objects.requireNonNull(task, "task");
        List<K> names = List.copyOf(dependencies);
        atHome(() -> {
            DagNode<K, V> node = freeNode(key);
            refuseCycle(node, names);
            DagResults<K, V> inputs = new DagResults<>(this, gateway, nodes(names));
            Greenlet<?> greenlet = gateway.home.spawn(() -> run(node, inputs, task));
            node.inputs = inputs;
            node.task = greenlet;
            Suspension.whenEnded(greenlet, ended -> ended(node, inputs, ended));
        });
    }

    /** Spawns {@code task} for each key of {@code graph}, which maps it to its dependencies. */
    public void spawnAll(Map<? extends K, ? extends Collection<? extends K>> graph, KeyedTask<K, V, ?> task) {
        graph.forEach((key, dependencies) -> spawn(key, dependencies, inputs -> task.run(key, inputs)));
    }

    /** A {@link Task} for several keys. */
    @FunctionalInterface
    public interface KeyedTask<K, V extends @Nullable Object, X extends Exception> {
        /** Returns the value of {@code key}. */
        V run(K key, DagResults<K, V> inputs) throws X;
    }

    private void run(DagNode<K, V> node, DagResults<K, V> inputs, Task<K, V, ?> task) {
        Greenlet<?> self = Greenlet.current();
        DagResult<K, V> result;
        try {
            result = DagResult.of(node.key, task.run(inputs));
        } catch (Throwable t) {
            result = DagResult.failed(node.key, t);
        }
        if (node.task == self) { // or else it was killed
            node.complete(result);
        }
    }

    private void ended(DagNode<K, V> node, DagResults<K, V> inputs, Greenlet<?> ended) {
        inputs.leave();
        if (node.task == ended && ended.outcome() instanceof Outcome.Cancelled<?> killed) { // before it could run
            node.complete(DagResult.failed(node.key, killed.cause()));
        }
    }

    /**
     * Provides the value of {@code key} from outside.
     *
     * @throws IllegalStateException if the key has been spawned or posted already, or the pool is closed
     */
    public void post(K key, V value) {
        atHome(() -> freeNode(key).complete(DagResult.of(key, value)));
    }

    /** As {@link #post}, but those who ask for the value get {@link DependencyFailed}, caused by {@code failure}. */
    public void fail(K key, Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        atHome(() -> freeNode(key).complete(DagResult.failed(key, failure)));
    }

    /**
     * Kills the task of {@code key} and makes the key free again: those who wait for it wait for what is posted or spawned in its
     * place. Never waits for the end of the greenlet.
     *
     * @throws IllegalStateException if no task of this key is running
     */
    public void kill(K key) {
        atHome(() -> {
            DagNode<K, V> node = nodes.get(key);
            Greenlet<?> task = node == null ? null : node.task;
            if (node == null || task == null) {
                throw new IllegalStateException("no task of " + key + " is running in " + this);
            }
            free(node);
            task.kill();
        });
    }

    private static void free(DagNode<?, ?> node) {
        node.task = null;
        node.inputs = null;
    }

    /** Returns the results of all keys spawned or posted so far, as they become available. */
    public DagResults<K, V> results() {
        return askHome(() -> results(keys()));
    }

    /** Returns the results of {@code keys} as they become available; they need not have been spawned or posted yet. */
    public DagResults<K, V> results(Collection<? extends K> keys) {
        List<K> names = List.copyOf(keys);
        return askHome(() -> {
            requireOpen();
            return new DagResults<>(this, gateway, nodes(names));
        });
    }

    /**
     * Waits for the value of {@code key}, which need not have been spawned or posted yet.
     *
     * @throws DependencyFailed if its task has failed
     */
    public V value(K key) {
        DagResults<K, V> results = results(List.of(key));
        try {
            return results.value(key);
        } finally {
            gateway.tell(results::leave);
        }
    }

    /**
     * Waits for the values of all keys that have been spawned or posted, also meanwhile, and returns them in the order in which
     * they became available.
     *
     * @throws DependencyFailed if a task has failed, as soon as it has; the others keep running
     */
    public Map<K, V> join() {
        return askHome(this::joinAtHome);
    }

    private Map<K, V> joinAtHome() {
        Map<K, V> values = new LinkedHashMap<>();
        while (values.size() < keys().size()) {
            Set<K> left = keys();
            left.removeAll(values.keySet());
            DagResults<K, V> results = results(left);
            try {
                results.forEach(result -> values.put(result.key(), result.value()));
            } finally {
                results.leave();
            }
        }
        return values;
    }

    /** Returns the keys whose tasks are running. */
    public Set<K> running() {
        return askHome(() -> {
            Set<K> keys = new LinkedHashSet<>();
            nodes.values().stream().filter(node -> node.task != null).forEach(node -> keys.add(node.key));
            return keys;
        });
    }

    /**
     * Returns which keys a task waits for, or will, for each task with any. What is neither running nor posted there is what a
     * build that stands still lacks.
     */
    public Map<K, Set<K>> waitingFor() {
        return askHome(() -> {
            Map<K, Set<K>> waiting = new LinkedHashMap<>();
            nodes.values().forEach(node -> {
                Set<K> pending = pending(node);
                if (!pending.isEmpty()) {
                    waiting.put(node.key, pending);
                }
            });
            return waiting;
        });
    }

    /**
     * Kills the tasks that are still running, and waits until they have ended. Those who wait for their results get an {@link
     * IllegalStateException}. So {@link #join}, or read the results, first. Closing again has no effect.
     *
     * @throws DependencyFailed if a task has failed and nobody has asked for its result, so that no failure is lost
     */
    @Override
    public void close() {
        atHome(this::closeAtHome);
    }

    private void closeAtHome() {
        closed = true;
        List<Greenlet<?>> rest = new ArrayList<>();
        for (DagNode<K, V> node : nodes.values()) {
            if (node.task != null) {
                rest.add(node.task);
                free(node);
            }
            node.abandon();
        }
        rest.forEach(task -> task.kill("the pool of the task was closed"));
        Weft.shield(() -> Weft.joinAll(rest));
        List<DependencyFailed> unseen = nodes.values().stream()
                .flatMap(node -> Optional.ofNullable(node.result).stream())
                .flatMap(result -> result.unseenFailure().stream())
                .toList();
        nodes.clear();
        if (!unseen.isEmpty()) {
            unseen.stream().skip(1).forEach(unseen.getFirst()::addSuppressed);
            throw unseen.getFirst();
        }
    }

    /** Returns whether anybody waits, or will, for a result of {@code key} that is not there yet. At home. */
    boolean isAwaited(K key) {
        DagNode<K, V> node = nodes.get(key);
        return node != null && node.hasReaders();
    }

    private Set<K> keys() {
        Set<K> keys = new LinkedHashSet<>();
        nodes.values().stream().filter(DagNode::isKnown).forEach(node -> keys.add(node.key));
        return keys;
    }

    private List<DagNode<K, V>> nodes(List<K> keys) {
        return keys.stream().map(this::node).toList();
    }

    private DagNode<K, V> node(K key) {
        return nodes.computeIfAbsent(key, DagNode::new);
    }

    private DagNode<K, V> freeNode(K key) {
        requireOpen();
        DagNode<K, V> node = node(Objects.requireNonNull(key, "key"));
        if (node.isKnown()) {
            throw new IllegalStateException(
                    "there is a " + (node.task == null ? "value of " : "task for ") + key + " already in " + this);
        }
        return node;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(this + " is closed");
        }
    }

    /** Follows what the tasks still wait for, from {@code dependencies} on. Only a key that somebody waits for can be reached. */
    private void refuseCycle(DagNode<K, V> added, List<K> dependencies) {
        if (!added.hasReaders() && !dependencies.contains(added.key)) {
            return;
        }
        Map<K, K> neededBy = new HashMap<>();
        Deque<K> open = new ArrayDeque<>();
        dependencies.forEach(key -> {
            neededBy.put(key, added.key);
            open.push(key);
        });
        while (!neededBy.containsKey(added.key) && !open.isEmpty()) {
            K next = open.pop();
            for (K needed : pending(nodes.get(next))) {
                if (neededBy.putIfAbsent(needed, next) == null) {
                    open.push(needed);
                }
            }
        }
        if (neededBy.containsKey(added.key)) {
            throw new IllegalArgumentException("a cycle of dependencies: " + cycle(added.key, neededBy));
        }
    }

    private static <K> String cycle(K key, Map<K, K> neededBy) {
        StringBuilder text = new StringBuilder(key.toString());
        K next = key;
        do {
            next = Objects.requireNonNull(neededBy.get(next));
            text.insert(0, next + " needs ");
        } while (!next.equals(key));
        return text.toString();
    }

    private static <K> Set<K> pending(@Nullable DagNode<K, ?> node) {
        DagResults<K, ?> inputs = node == null ? null : node.inputs;
        return inputs == null ? Set.of() : inputs.pendingKeys();
    }

    private void atHome(Runnable operation) {
        if (gateway.isHome()) {
            operation.run();
        } else {
            CallAtHome.run(gateway, operation);
        }
    }

    private <T> T askHome(Supplier<T> question) {
        return gateway.isHome() ? question.get() : CallAtHome.call(gateway, question::get);
    }

    @Override
    public String toString() {
        return "DAG pool (" + nodes.size() + " keys)";
    }
}
