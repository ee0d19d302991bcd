package dev.weft.cluster;

import dev.weft.Awaitable;
import dev.weft.spi.Owners;
import dev.weft.spi.Waiter;
import org.jspecify.annotations.Nullable;

/** A task that runs on another node, or will, as the node that asked for it knows it. Confined to the cluster's loop. */
final class TaskRequest implements Awaitable<TaskRequest.Reply> {
    private final TaskCall<?> call;
    private byte[] frame = {}; // with which it was asked for
    private boolean begun;
    private @Nullable Reply reply;
    private @Nullable Waiter<? super Reply> waiter;

    TaskRequest(TaskCall<?> call) {
        this.call = call;
    }

    /** What ends the wait for it. */
    sealed interface Reply {
        /** It has ended there; {@code code} and {@code content} say how. */
        record Ended(byte code, FrameReader content) implements Reply {}

        /** Its node was lost. */
        record Lost(NodeLost why, NodeLost.Begun begun) implements Reply {}
    }

    void sentAs(byte[] sent) {
        frame = sent;
    }

    byte[] frame() {
        return frame;
    }

    void hasBegun() {
        begun = true;
    }

    boolean begun() {
        return begun;
    }

    @Nullable Reply reply() {
        return reply;
    }

    void complete(Reply how) {
        reply = how;
        Waiter<? super Reply> waiting = waiter;
        if (waiting != null) {
            waiter = null;
            waiting.succeed(how);
        }
    }

    @Override
    public void subscribe(Waiter<? super Reply> waiting) {
        if (reply != null) {
            waiting.succeed(reply);
        } else {
            waiter = waiting;
        }
    }

    @Override
    public boolean unsubscribe(Waiter<? super Reply> waiting) {
        waiter = null;
        return true;
    }

    @Override
    public Owners owners() {
        return Owners.outside(Owners.Kind.JOIN, this);
    }

    @Override
    public String toString() {
        return "the end of " + call.name() + " on node " + call.node();
    }
}
