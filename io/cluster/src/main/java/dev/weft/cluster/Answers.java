package dev.weft.cluster;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.actor.MailboxClosed;
import dev.weft.actor.MailboxFull;
import dev.weft.actor.OwnerEnded;
import dev.weft.lowlevel.Suspension;
import dev.weft.serial.SerializationFailed;
import dev.weft.spi.Waiter;
import dev.weft.supervisor.Link;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What another node has asked and told targets of this one in one session. Confined to the home loop. */
final class Answers {
    private static final System.Logger LOGGER = System.getLogger("dev.weft.cluster");

    private final Cluster cluster;
    private final Session session;
    private final Map<Long, LocalRef<?>> targets;
    private final Map<Long, Question> questions = new HashMap<>();
    private final Map<Long, Integer> taken = new LinkedHashMap<>(); // messages told, by target, that are to be credited

    private final Map<Long, CompletableFuture<@Nullable Void>> links = new LinkedHashMap<>();

    Answers(Cluster cluster, Session session, Map<Long, LocalRef<?>> targets) {
        this.cluster = cluster;
        this.session = session;
        this.targets = targets;
    }

    @SuppressWarnings("unchecked") // what a node sends to a target of another type is refused by its receiver
    private @Nullable LocalRef<Object> target(long number) {
        return (LocalRef<Object>) targets.get(number);
    }

    void tell(long number, FrameReader frame) {
        LocalRef<Object> target = target(number);
        Object message;
        try {
            message = target == null ? null : cluster.values().read(frame);
        } catch (SerializationFailed e) {
            LOGGER.log(Level.WARNING, "a message of node " + session.node() + " is dropped: " + e.getMessage());
            message = null;
        }
        if (target == null || message == null) {
            take(number);
        } else {
            target.receive(new Told(target, message));
        }
    }

    /** A message without an answer. */
    private final class Told implements LocalRef.Delivery {
        private final LocalRef<Object> ref;
        private final Object message;
        private boolean isTaken;

        Told(LocalRef<Object> ref, Object message) {
            this.ref = ref;
            this.message = message;
        }

        @Override
        public Session sender() {
            return session;
        }

        @Override
        public boolean tryDeliver() {
            try {
                if (!ref.target().tryTell(message)) {
                    return false;
                }
            } catch (OwnerEnded | MailboxClosed e) {
                // it is lost, as any message may be
            }
            drop();
            return true;
        }

        @Override
        public void deliver() {
            try {
                ref.target().tell(message);
            } catch (OwnerEnded | MailboxClosed e) {
                // it is lost, as any message may be
            } catch (MailboxFull e) {
                LOGGER.log(Level.WARNING, "a message of node " + session.node() + " is dropped: " + e.getMessage());
            }
            drop();
        }

        @Override
        public void drop() {
            if (!isTaken) {
                isTaken = true;
                take(ref.number());
            }
        }
    }

    /** A message has been taken in. Those of one turn of the loop are credited at once. */
    private void take(long number) {
        if (taken.isEmpty()) {
            Suspension.post(cluster.home(), this::grant);
        }
        taken.merge(number, 1, Integer::sum);
    }

    private void grant() {
        taken.forEach((number, count) -> session.send(session.frame(Subject.REFERENCES, 13)
                .putByte(References.CREDIT)
                .putLong(number)
                .putInt(count)));
        taken.clear();
    }

    void ask(long number, long to, FrameReader frame) {
        Question question = new Question(number);
        if (questions.putIfAbsent(number, question) != null) {
            throw new FrameReader.Garbled("question " + number + " was asked before");
        }
        LocalRef<Object> target = target(to);
        if (target == null) {
            question.drop();
            return;
        }
        try {
            Object message = cluster.values().read(frame);
            if (message == null) {
                throw new FrameReader.Garbled("no message is null");
            }
            question.asking = target.target().asking(message, question::answer);
        } catch (SerializationFailed | UnsupportedOperationException e) {
            question.fail(e);
            return;
        }
        target.receive(question);
    }

    /** A question that another node waits for the answer of. */
    private final class Question extends Waiter<FrameWriter> implements LocalRef.Delivery {
        private final long number;
        private @Nullable Awaitable<FrameWriter> asking;
        private boolean isAsked;

        Question(long number) {
            this.number = number;
        }

        private FrameWriter frame(byte kind, byte[] content) {
            return session.frame(Subject.REFERENCES, 9 + content.length)
                    .putByte(kind)
                    .putLong(number)
                    .putRaw(content);
        }

        /** Calls the receiver, and returns the frame that tells the outcome. Called by the target's greenlet. */
        FrameWriter answer(Callable<@Nullable Object> receiver) {
            try {
                return frame(References.ANSWER, cluster.values().write(receiver.call()));
            } catch (Throwable t) {
                Weft.checkCancelled(); // if the target was killed, this is not an answer
                return failure(t);
            }
        }

        private FrameWriter failure(Throwable failure) {
            return frame(References.FAILURE, cluster.values().writeFailure(failure));
        }

        @Override
        public Session sender() {
            return session;
        }

        @Override
        public boolean tryDeliver() {
            Awaitable<FrameWriter> asked = asking;
            if (asked == null || !questions.containsKey(number)) {
                return true; // it was cancelled
            }
            isAsked = true;
            try {
                asked.subscribe(this);
            } catch (OwnerEnded | MailboxFull e) {
                fail(e);
            }
            return true;
        }

        @Override
        public void deliver() {
            tryDeliver();
        }

        @Override
        public void drop() {
            fail(new TargetEnded("the target on node " + cluster.self()));
        }

        void cancel() {
            if (isAsked && asking != null) {
                asking.unsubscribe(this);
            }
        }

        @Override
        public void succeed(FrameWriter frame) {
            if (questions.remove(number) != null) {
                session.send(frame);
            }
        }

        /** Tells why there is no answer, in a greenlet, as a failure may be users' code. */
        @Override
        public void fail(Throwable failure) {
            if (questions.remove(number) != null) {
                cluster.home().spawn("failure for " + session.node(), () -> session.send(failure(failure)));
            }
        }

        @Override
        public String toString() {
            return "node " + session.node();
        }
    }

    void cancel(long number) {
        Question question = questions.remove(number);
        if (question != null) {
            question.cancel();
        }
    }

    void watch(long number) {
        LocalRef<?> target = target(number);
        if (target == null) {
            session.send(Down.GONE.write(session, number, cluster.values()));
        } else {
            target.watch(session);
        }
    }

    void kill(long number, FrameReader frame) {
        LocalRef<?> target = target(number);
        if (target != null) {
            Down.kill(target.greenlet(), Down.readFailure(frame, cluster.values()));
        }
    }

    /** Links a target with a greenlet of the other node, for which one of this node stands. */
    void link(long number, long to) {
        LocalRef<?> target = target(to);
        if (target != null) {
            CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
            links.put(number, end);
            Greenlet<@Nullable Void> linked =
                    cluster.home().spawn("linked greenlet on " + session.node(), () -> Weft.await(end));
            linked.subscribe(new RemoteRef.Observer());
            Link.between(linked, target.greenlet());
        }
    }

    void unlink(long number) {
        CompletableFuture<@Nullable Void> end = links.remove(number);
        if (end != null) {
            end.complete(null);
        }
    }

    /** The other node is lost: what it has asked and has not begun never will, and what it is linked with learns of it. */
    void lost(NodeLost why) {
        links.values().forEach(end -> end.completeExceptionally(why));
        links.clear();
        List<Question> open = new ArrayList<>(questions.values());
        questions.clear();
        open.forEach(Question::cancel);
        taken.clear();
        targets.values().forEach(target -> target.lost(session));
    }
}
