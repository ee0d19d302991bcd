package dev.weft.cluster;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import dev.weft.supervisor.Link;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A reference to a target of this node, and what has come for it from others.
 *
 * <p>Messages go to the target at once while it has room. Then they wait here in the order in which they came, and a greenlet hands
 * them over; at most {@link Ref#CREDIT} of each node are told ones.
 */
final class LocalRef<M> extends Ref<M> implements Travelling {
    private final Cluster cluster;
    private final long number;
    private final Target<M> target;

    // Confined to the home loop.
    private final ArrayDeque<Delivery> backlog = new ArrayDeque<>();
    private final Set<Session> watchers = new LinkedHashSet<>();
    private @Nullable Greenlet<?> courier; // while there is a backlog
    private boolean hasEnded;

    /** A message from another node. */
    interface Delivery {
        Session sender();

        /** Hands it over, and returns true, unless there is no room. Never waits. */
        boolean tryDeliver();

        /** Hands it over; may wait for room. */
        void deliver();

        /** The target has ended. */
        void drop();
    }

    LocalRef(Cluster cluster, long number, Target<M> target) {
        this.cluster = cluster;
        this.number = number;
        this.target = target;
    }

    Target<M> target() {
        return target;
    }

    boolean hasEnded() {
        return hasEnded || target.greenlet().state().isDone();
    }

    @Override
    public void tell(M message) {
        target.tell(Objects.requireNonNull(message, "message"));
    }

    @Override
    public boolean tryTell(M message) {
        return target.tryTell(Objects.requireNonNull(message, "message"));
    }

    @Override
    <R> R answer(M message, Class<R> answer, @Nullable Duration timeout) {
        Awaitable<R> asking = asking(message, answer);
        if (Suspension.isOnLoop()) {
            return Suspension.await(asking, timeout);
        }
        return cluster.atHome(() -> Suspension.await(asking, timeout));
    }

    @Override
    public <R> Awaitable<R> asking(M message, Class<R> answer) {
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(answer, "answer");
        return target.asking(message, receiver -> cast(receiver.call(), answer));
    }

    @Override
    public Greenlet<?> greenlet() {
        return target.greenlet();
    }

    @Override
    public Loop.Handle link() {
        return Link.to(target.greenlet())::close;
    }

    @Override
    public Node node() {
        return cluster.self();
    }

    @Override
    long number() {
        return number;
    }

    @Override
    public Handle handle() {
        return new RefHandle(cluster.self().id(), number, false);
    }

    /** A message has come. Home loop; never waits. */
    void receive(Delivery delivery) {
        if (hasEnded) {
            delivery.drop();
        } else if (!backlog.isEmpty() || !delivery.tryDeliver()) {
            backlog.add(delivery);
            if (courier == null) {
                courier = cluster.home().spawn("messages for " + target, this::deliverAll);
            }
        }
    }

    private void deliverAll() {
        try {
            Delivery next;
            while ((next = backlog.peek()) != null) {
                next.deliver();
                backlog.poll(); // only now, so that no other message overtakes it
            }
        } finally {
            courier = null;
        }
    }

    void watch(Session watcher) {
        watchers.add(watcher);
    }

    /** Forgets what has come from a node that was lost, except for the message that is being handed over. */
    void lost(Session session) {
        watchers.remove(session);
        Delivery first = backlog.peek();
        backlog.removeIf(delivery -> delivery != first && delivery.sender() == session);
    }

    /** The target has ended. Returns who must be told. */
    List<Session> ended() {
        hasEnded = true;
        stop();
        List<Delivery> late = List.copyOf(backlog);
        backlog.clear();
        late.forEach(Delivery::drop);
        List<Session> told = new ArrayList<>(watchers);
        watchers.clear();
        return told;
    }

    /** Hands nothing over any more. */
    void stop() {
        Greenlet<?> present = courier;
        if (present != null) {
            present.kill("nothing is handed over any more");
        }
    }

    @Override
    public String toString() {
        return "reference to " + target;
    }
}
