package dev.weft.cluster;

import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.actor.Mailbox;
import dev.weft.actor.Owner;
import dev.weft.cluster.transport.NodeId;
import dev.weft.lowlevel.Suspension;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What nodes say about references: {@link Inquiries} is this node's part as the one that has references to others, {@link Answers} its
 * part as the one that others have references to.
 */
final class References implements Subject {
    static final byte TELL = 1;
    static final byte ASK = 2;
    static final byte CANCEL = 3;
    static final byte ANSWER = 4;
    static final byte FAILURE = 5;
    static final byte CREDIT = 6;
    static final byte WATCH = 7;
    static final byte DOWN = 8;
    static final byte KILL = 9;
    static final byte LINK = 10;
    static final byte UNLINK = 11;

    private final Cluster cluster;
    private final Map<Long, LocalRef<?>> exports = new HashMap<>();
    private long lastNumber;

    References(Cluster cluster) {
        this.cluster = cluster;
    }

    /** What is known of a session. */
    private record State(Inquiries inquiries, Answers answers) {}

    private State state(Session session) {
        return session.state(
                this, made -> new State(new Inquiries(cluster, made), new Answers(cluster, made, exports)));
    }

    /** Returns what has asked, told and watched in that session. */
    Inquiries inquiries(Session session) {
        return state(session).inquiries();
    }

    <S, M> Ref<M> refer(Owner<S> owner, Receiver<? super S, ? super M> receiver) {
        return cluster.atHome(() -> export(new Target.OfOwner<>(owner, receiver)));
    }

    <M> Ref<M> refer(Mailbox<M> mailbox, Greenlet<?> receiver) {
        return cluster.atHome(() -> export(new Target.OfMailbox<>(mailbox, receiver)));
    }

    private <M> Ref<M> export(Target<M> target) {
        LocalRef<M> added = new LocalRef<>(cluster, ++lastNumber, target);
        exports.put(lastNumber, added);
        Suspension.whenEnded(target.greenlet(), end -> Suspension.tell(cluster.home(), () -> ended(added)));
        return added;
    }

    private void ended(LocalRef<?> export) {
        exports.remove(export.number());
        cluster.registry().ended(export);
        List<Session> watchers = export.ended();
        if (!watchers.isEmpty() && !cluster.hasLeft()) {
            Outcome<?> outcome = export.target().greenlet().outcome();
            cluster.home()
                    .spawn(
                            "end of " + export.target(),
                            () -> { // as failures may be users' code
                                for (Session watcher : watchers) {
                                    watcher.send(Down.of(outcome).write(watcher, export.number(), cluster.values()));
                                }
                            });
        }
    }

    /** Returns the reference that {@code handle} stands for here and now. Home loop. */
    Ref<?> resolve(RefHandle handle) {
        NodeId node = handle.node();
        if (node.equals(cluster.self().id())) {
            LocalRef<?> own = exports.get(handle.number());
            return own != null && !handle.isDead()
                    ? own
                    : dead(handle, "its target has ended, or it was dead when it came home");
        }
        Session session = cluster.membership().session(node);
        if (handle.isDead()) {
            return dead(handle, "the reference was dead when it was sent");
        }
        return session == null
                ? dead(handle, "it is not connected with the node to which the reference was sent")
                : inquiries(session).ref(handle.number());
    }

    private Ref<?> dead(RefHandle handle, String why) {
        return new RemoteRef<>(cluster, cluster.node(handle.node()), handle.number(), NodeLost.of(handle.node(), why));
    }

    @Override
    public void received(Session session, FrameReader frame) {
        State state = state(session);
        byte kind = frame.getByte();
        switch (kind) {
            case TELL -> state.answers().tell(frame.getLong(), frame);
            case ASK -> state.answers().ask(frame.getLong(), frame.getLong(), frame);
            case CANCEL -> state.answers().cancel(frame.getLong());
            case WATCH -> state.answers().watch(frame.getLong());
            case KILL -> state.answers().kill(frame.getLong(), frame);
            case LINK -> state.answers().link(frame.getLong(), frame.getLong());
            case UNLINK -> state.answers().unlink(frame.getLong());
            case ANSWER -> state.inquiries().answered(frame.getLong(), frame);
            case FAILURE -> state.inquiries().failed(frame.getLong(), frame);
            case CREDIT -> state.inquiries().credited(frame.getLong(), frame.getInt());
            case DOWN -> state.inquiries().down(frame.getLong(), frame);
            default -> throw new FrameReader.Garbled("nothing of kind " + kind + " is said about references");
        }
    }

    @Override
    public void lost(Session session, NodeLost why) {
        State state = state(session);
        state.inquiries().lost(why);
        state.answers().lost(why);
    }

    /** This node has left the cluster. */
    void leave() {
        for (LocalRef<?> export : new ArrayList<>(exports.values())) {
            export.stop();
        }
    }

    /** Returns the reference to what has that number on that node, if it can be reached; otherwise null. Home loop. */
    @Nullable Ref<?> find(NodeId node, long number) {
        if (node.equals(cluster.self().id())) {
            return exports.get(number);
        }
        Session session = cluster.membership().openSession(node);
        return session == null || number == 0 ? null : inquiries(session).ref(number);
    }
}
