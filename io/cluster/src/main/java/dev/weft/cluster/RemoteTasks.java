package dev.weft.cluster;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Outcome;
import dev.weft.Scope;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What nodes say about tasks. A task that one node spawns on another is a greenlet there, and here a greenlet that stands for it:
 * that one sends the task, waits for its end, and ends as it did.
 */
final class RemoteTasks implements Subject {
    static {
        Suspension.spawnsForOthers(RemoteTasks.class, Node.class);
    }

    private final Cluster cluster;
    private final @Nullable LoopGroup loops; // on which tasks of others run; null: the cluster's
    private final AtomicLong unnamed = new AtomicLong();
    private @Nullable TaskExchange own; // with this node itself; this and the next two are confined to the home loop
    private final Set<Greenlet<?>> running = new LinkedHashSet<>(); // here, for other nodes and this one
    private boolean left;

    RemoteTasks(Cluster cluster, @Nullable LoopGroup loops) {
        this.cluster = cluster;
        this.loops = loops;
    }

    /** Spawns a task without a scope. Any greenlet or thread. */
    <T extends @Nullable Object> RemoteGreenlet<T> spawn(TaskCall<T> call) {
        return new RemoteGreenlet<>(call.node(), cluster.home().spawn(call.name(), () -> standFor(call)));
    }

    /** As {@link #spawn(TaskCall)}, as a child of {@code scope}, on the loop of that. */
    <T extends @Nullable Object> RemoteGreenlet<T> spawn(Scope scope, TaskCall<T> call) {
        return new RemoteGreenlet<>(call.node(), scope.spawn(call.name(), () -> standFor(call)));
    }

    /** Returns a name for a task that was given none. */
    String nextName() {
        return "remote-" + unnamed.incrementAndGet();
    }

    /** The body of a greenlet that stands for a remote one: if that was killed there, so is this one. */
    private <T extends @Nullable Object> T standFor(TaskCall<T> call) {
        Outcome<T> outcome = perform(call);
        if (outcome instanceof Outcome.Cancelled<T> cancelled) {
            Greenlet.current().kill(TaskCall.reason(cancelled.cause()));
        }
        return outcome.get();
    }

    /**
     * Has a task run, and returns how it ended, or that its node was lost. A caller that is cancelled kills it and waits for its
     * end; that wait is shielded. Any greenlet or thread.
     */
    <T extends @Nullable Object> Outcome<T> perform(TaskCall<T> call) {
        return atHome(call.name(), () -> performAtHome(call));
    }

    /** Runs {@code body} on the home loop. A caller that is cancelled kills it and waits for its end. Any greenlet or thread. */
    <T extends @Nullable Object> Outcome<T> atHome(String name, Supplier<Outcome<T>> body) {
        if (Suspension.isOn(cluster.home())) {
            return body.get();
        }
        if (!Suspension.isOnLoop()) {
            return cluster.home().call(name, () -> body.get());
        }
        Greenlet<Outcome<T>> there = cluster.home().spawn(name, () -> body.get());
        try {
            return there.join();
        } catch (Throwable cancelled) {
            there.kill(TaskCall.reason(cancelled));
            Weft.shield(() -> Weft.joinAll(List.of(there)));
            if (there.outcome() instanceof Outcome.Returned<Outcome<T>> ended
                    && ended.value() instanceof Outcome.Returned<T> returned) {
                return returned;
            }
            throw cancelled;
        }
    }

    /** As {@link #perform}, for callers on the home loop. */
    <T extends @Nullable Object> Outcome<T> performAtHome(TaskCall<T> call) {
        Session session = cluster.membership().session(call.node().id());
        if (left || (session == null && !call.node().isSelf())) {
            NodeLost lost = NodeLost.of(
                    call.node().id(), left ? "this node has left the cluster" : "there is no session with it");
            return new Outcome.Failed<>(call.site().addTo(lost.forRequest(call.name(), NodeLost.Begun.NO)));
        }
        return (session == null ? exchangeWithSelf() : exchange(session)).perform(call);
    }

    private TaskExchange exchangeWithSelf() {
        TaskExchange present = own;
        if (present == null) {
            own = present = new TaskExchange(this, new TaskExchange.ToSelf(cluster.self()));
        }
        return present;
    }

    private TaskExchange exchange(Session session) {
        return session.state(this, opened -> new TaskExchange(this, new TaskExchange.ToPeer(opened)));
    }

    Cluster cluster() {
        return cluster;
    }

    /** Returns the loop for the next task of another node. */
    Loop nextLoop() {
        return loops == null ? cluster.home() : loops.next();
    }

    @Override
    public void received(Session session, FrameReader frame) {
        exchange(session).received(frame);
    }

    @Override
    public void lost(Session session, NodeLost why) {
        exchange(session).lost(why);
    }

    /** A task has begun on this node. */
    void begun(Greenlet<?> task) {
        running.add(task);
    }

    /** A task of this node has ended. */
    void ended(Greenlet<?> task) {
        running.remove(task);
    }

    /** Kills what this node has spawned on itself, as it leaves. Returns the tasks that run here still; those of others were killed. */
    List<Greenlet<?>> leave() {
        left = true;
        if (own != null) {
            own.lost(NodeLost.of(cluster.self().id(), "it has left the cluster"));
        }
        return running.stream()
                .filter(task -> task != Greenlet.current())
                .<Greenlet<?>>map(task -> task)
                .toList();
    }
}
