package dev.weft.cluster;

import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Sneaky;
import dev.weft.supervisor.Monitor;
import dev.weft.sync.EndOfChannel;
import dev.weft.sync.Select;
import dev.weft.sync.Watcher;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * One target for the whole cluster, under a name. Each node offers to run it, and one does; when that node is lost or leaves, or the
 * target ends, another one starts it anew.
 *
 * <pre>{@code
 * Singleton<Order> ledger = Singleton.start(cluster, "ledger", 2, () -> cluster.refer(Owner.start("ledger", Ledger::load), Ledger::enter));
 * ...
 * cluster.<Order>awaitName("ledger").ask(order, Receipt.class);
 * }</pre>
 *
 * <p>There is at most one in a stable view. While a partition lasts, each side has its own, unless the quorum is more than half of the
 * nodes; and for the time that it takes to see a partition, the old one may run still when the new one begins. What must never
 * happen twice needs a lock with a fence in the database that it is about, not this.
 *
 * <p>If {@code start} fails or the target fails, the {@link #greenlet} of this node fails, and other nodes take over: supervise it to
 * offer again. Any thread.
 *
 * @param <M> the messages
 */
public final class Singleton<M> implements AutoCloseable {
    static {
        Suspension.spawnsForOthers(Singleton.class);
    }

    private static final Duration GRACE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Cluster cluster;
    private final String name;
    private final int quorum;
    private final Callable<? extends Ref<M>> start;
    private final Greenlet<@Nullable Void> greenlet;
    private volatile boolean isHere;

    private Singleton(Cluster cluster, String name, int quorum, Callable<? extends Ref<M>> start) {
        this.cluster = cluster;
        this.name = name;
        this.quorum = quorum;
        this.start = start;
        greenlet = cluster.home().spawn("singleton " + name, this::run);
    }

    /** As {@link #start(Cluster, String, int, Callable)}, however few nodes there are. */
    public static <M> Singleton<M> start(Cluster cluster, String name, Callable<? extends Ref<M>> start) {
        return start(cluster, name, 1, start);
    }

    /**
     * Offers to run the target on this node.
     *
     * @param quorum how many nodes must be in the view; where there are fewer, the target is not started, and one that runs is killed
     * @param start starts the target on this node; called by a greenlet of the cluster's loop, each time that it is this node's turn
     * @throws IllegalArgumentException if {@code quorum} is less than one
     */
    public static <M> Singleton<M> start(Cluster cluster, String name, int quorum, Callable<? extends Ref<M>> start) {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(start, "start");
        if (quorum < 1) {
            throw new IllegalArgumentException("a quorum must be at least one node, not " + quorum);
        }
        return new Singleton<>(cluster, name, quorum, start);
    }

    private void run() throws Exception {
        try {
            boolean hasReturned = false;
            while (!hasReturned && !cluster.hasLeft()) {
                awaitQuorum();
                Publication publication = claim();
                hasReturned = publication != null && serve(publication);
            }
        } catch (EndOfChannel left) {
            // this node has left while it waited
        }
    }

    private boolean hasQuorum() {
        return cluster.view().value().nodes().size() >= quorum;
    }

    private void awaitQuorum() {
        Watcher<ClusterView> views = cluster.view().watcher();
        Watcher<Map<String, Binding>> holders = cluster.registry().holders().watcher();
        while (!hasQuorum()) {
            Weft.select(Select.on(views.changing(), view -> ""), Select.on(holders.changing(), table -> ""));
        }
    }

    /** Returns the publication of the name if this node has got it; otherwise null, once it is worth another try. */
    private @Nullable Publication claim() {
        try {
            return cluster.registry().publish(name, null);
        } catch (NameTaken e) {
            Weft.sleep(PAUSE);
            Watcher<Map<String, Binding>> holders = cluster.registry().holders().watcher();
            while (holders.next().containsKey(name)) {
                // another node runs it
            }
            return null;
        }
    }

    /** Runs the target until it ends, or must end here; returns whether it has returned. */
    private boolean serve(Publication publication) throws Exception {
        try (publication) {
            Ref<M> ref = start.call();
            Greenlet<?> target = ref.greenlet();
            try {
                cluster.registry().retarget(publication, (LocalRef<?>) ref);
                isHere = true;
                return await(publication, target);
            } finally {
                isHere = false;
                end(target);
            }
        }
    }

    private boolean await(Publication publication, Greenlet<?> target) {
        Watcher<ClusterView> views = cluster.view().watcher();
        try (Monitor end = Monitor.of(target)) {
            while (hasQuorum() && publication.isOpen() && !target.state().isDone()) {
                Weft.select(
                        Select.on(end, exit -> ""),
                        Select.on(publication.ended(), ended -> ""),
                        Select.on(views.changing(), view -> ""));
            }
        } catch (NameTaken e) {
            return false; // to a node of an older side
        }
        return switch (target.state()) {
            case RETURNED -> true;
            case FAILED -> throw Sneaky.rethrow(((Outcome.Failed<?>) target.outcome()).failure());
            default -> false;
        };
    }

    private void end(Greenlet<?> target) {
        target.kill("singleton " + name + " ends on this node");
        Weft.shield(() -> target.killAndJoin(GRACE));
    }

    /** Returns its address, if it runs on a node that can be reached; see {@link Cluster#whereIs}. */
    public Optional<Ref<M>> ref() {
        return cluster.whereIs(name);
    }

    /** Returns whether it runs on this node. */
    public boolean isHere() {
        return isHere;
    }

    /** Returns the greenlet that offers to run it here. It returns when the target has returned here, and fails as it does. */
    public Greenlet<@Nullable Void> greenlet() {
        return greenlet;
    }

    /** Takes the offer back; if it runs here, it is killed, and another node takes over. Waits until that is done. */
    @Override
    public void close() {
        greenlet.kill("the offer was taken back");
        greenlet.killAndJoin(GRACE.plus(GRACE));
    }

    @Override
    public String toString() {
        return "singleton " + name + " of " + cluster;
    }
}
