package dev.weft.cluster;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.serial.CallSite;
import dev.weft.spi.Waiter;
import dev.weft.supervisor.Link;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A reference to a target on another node, bound to a session with it: the only one to that target in that session. */
final class RemoteRef<M> extends Ref<M> implements Travelling {
    private final Cluster cluster;
    private final Node node;
    private final long number;
    private final @Nullable Inquiries inquiries; // null if it was dead when it came
    private volatile @Nullable NodeLost dead;

    // Confined to the home loop.
    private final Credits credits = new Credits("room at " + this, CREDIT);
    private int outstanding; // credits that have been taken and not been granted again
    private final CompletableFuture<Down> end = new CompletableFuture<>();
    private @Nullable Greenlet<@Nullable Void> standIn;
    private boolean isKilled; // the target has been told

    RemoteRef(Cluster cluster, Node node, long number, Inquiries inquiries) {
        this.cluster = cluster;
        this.node = node;
        this.number = number;
        this.inquiries = inquiries;
    }

    /** Creates a dead one. */
    RemoteRef(Cluster cluster, Node node, long number, NodeLost why) {
        this.cluster = cluster;
        this.node = node;
        this.number = number;
        inquiries = null;
        dead = why;
        end.complete(Down.failed(why));
    }

    Loop home() {
        return cluster.home();
    }

    /** Returns what it is bound to. It must not have been dead from the start. */
    Inquiries inquiries() {
        return Objects.requireNonNull(inquiries);
    }

    /** Returns why it is dead; null if it is not. Any thread. */
    @Nullable NodeLost dead() {
        return dead;
    }

    /** Returns what is thrown if the cluster's loop is closed. */
    NodeLost left() {
        return NodeLost.of(node.id(), "the loop of " + cluster + " is closed");
    }

    private void requireAlive() {
        NodeLost why = dead;
        if (why != null) {
            throw why.forRequest("the message", NodeLost.Begun.NO);
        }
    }

    @Override
    public void tell(M message) {
        byte[] bytes = write(message);
        cluster.atHome(() -> {
            Suspension.checkpoint();
            requireAlive();
            if (!credits.tryTake()) {
                Suspension.await(credits, null);
            }
            send(bytes);
            return null;
        });
    }

    @Override
    public boolean tryTell(M message) {
        byte[] bytes = write(message);
        return cluster.atHome(() -> {
            requireAlive();
            boolean hasCredit = credits.tryTake();
            if (hasCredit) {
                send(bytes);
            }
            return hasCredit;
        });
    }

    private byte[] write(M message) {
        return cluster.values().write(Objects.requireNonNull(message, "message"));
    }

    private void send(byte[] message) {
        if (outstanding++ == 0) {
            inquiries().hold(this);
        }
        inquiries().tell(number, message);
    }

    void credited(int more) {
        outstanding -= more;
        credits.grant(more);
        releaseIfIdle();
    }

    private void releaseIfIdle() {
        if (outstanding <= 0 && (standIn == null || end.isDone())) {
            inquiries().release(this);
        }
    }

    @Override
    <R> R answer(M message, Class<R> answer, @Nullable Duration timeout) {
        RemoteAsk<R> ask = asking(message, answer);
        try {
            return Suspension.isOnLoop()
                    ? Suspension.await(ask, timeout)
                    : cluster.atHome(() -> Suspension.await(ask, timeout));
        } catch (Throwable t) {
            if (ask.hasFailedWith(t)) {
                CallSite.of("an ask of " + this).addTo(t);
            }
            throw t;
        }
    }

    @Override
    public <R> RemoteAsk<R> asking(M message, Class<R> answer) {
        return new RemoteAsk<>(this, write(message), Objects.requireNonNull(answer, "answer"));
    }

    @Override
    public Greenlet<?> greenlet() {
        return cluster.atHome(this::standIn);
    }

    private Greenlet<?> standIn() {
        Greenlet<@Nullable Void> present = standIn;
        if (present == null) {
            if (dead == null) {
                inquiries().hold(this);
                inquiries().watch(number);
            }
            present = cluster.home().spawn(toString(), this::standFor);
            standIn = present;
            present.subscribe(new Observer());
            Suspension.whenEnded(present, this::passOn);
        }
        return present;
    }

    @Override
    public Loop.Handle link() {
        Greenlet<?> caller = Greenlet.current();
        return cluster.atHome(() -> {
            Link link = Link.between(caller, standIn());
            if (dead != null) {
                return link::close;
            }
            long id = inquiries().link(number);
            Runnable unlink = () -> inquiries().unlink(id);
            Loop.Handle end = Suspension.whenEnded(caller, ended -> Suspension.tell(home(), unlink));
            return () -> {
                link.close();
                end.close();
                Suspension.tell(home(), unlink);
            };
        });
    }

    /** Makes a failure count as observed: it is the target's, and has been reported there. */
    static final class Observer extends Waiter<@Nullable Void> {
        @Override
        public void succeed(@Nullable Void value) {}

        @Override
        public void fail(Throwable failure) {}
    }

    private void standFor() {
        Down how;
        try {
            how = Weft.await(end);
        } catch (Cancelled killed) {
            passOn(killed);
            Weft.shield(() -> Weft.await(end));
            throw killed;
        }
        how.imitate(toString());
    }

    /** The stand-in has ended. If it never ran, or was killed forcibly, the target does not know yet. */
    private void passOn(Greenlet<?> ended) {
        if (ended.outcome() instanceof Outcome.Cancelled<?> cancelled) {
            passOn(cancelled.cause());
        }
    }

    private void passOn(Throwable killed) {
        if (!end.isDone() && !isKilled) {
            isKilled = true;
            inquiries().kill(number, Down.origin(killed));
        }
    }

    /** The target has ended. Home loop. */
    void down(Down how) {
        end.complete(how);
        releaseIfIdle();
    }

    /** The session has ended. Home loop. */
    void die(NodeLost why) {
        dead = why;
        credits.end(() -> why.forRequest("the message", NodeLost.Begun.NO));
        end.complete(Down.failed(why));
    }

    @Override
    public Node node() {
        return node;
    }

    @Override
    long number() {
        return number;
    }

    @Override
    public Handle handle() {
        return new RefHandle(node.id(), number, dead != null);
    }

    @Override
    public String toString() {
        return "target " + number + " on node " + node;
    }
}
