package dev.weft.cluster;

import dev.weft.serial.SerializationFailed;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The references of this node to targets of one other in one session, and what it has asked them. Confined to the home loop. */
final class Inquiries {
    private final Cluster cluster;
    private final Session session;
    private final Map<Long, Known> known = new HashMap<>(); // one for each target, so that all share its credits
    private final ReferenceQueue<RemoteRef<?>> unused = new ReferenceQueue<>();
    private final Map<Long, RemoteRef<?>> held =
            new HashMap<>(); // which must not be forgotten: something is to come for them
    private final Map<Long, RemoteAsk<?>> asks = new LinkedHashMap<>();
    private long lastAsk;
    private long lastLink;

    Inquiries(Cluster cluster, Session session) {
        this.cluster = cluster;
        this.session = session;
    }

    /** A reference that is forgotten when nobody uses it any more. */
    private static final class Known extends WeakReference<RemoteRef<?>> {
        private final long number;

        Known(RemoteRef<?> ref, ReferenceQueue<RemoteRef<?>> unused) {
            super(ref, unused);
            number = ref.number();
        }
    }

    Session session() {
        return session;
    }

    Cluster cluster() {
        return cluster;
    }

    /** Returns the reference to a target of that number. */
    RemoteRef<?> ref(long number) {
        Reference<?> past;
        while ((past = unused.poll()) != null) {
            known.remove(((Known) past).number, past);
        }
        RemoteRef<?> ref = present(number);
        if (ref == null) {
            ref = new RemoteRef<>(cluster, session.node(), number, this);
            known.put(number, new Known(ref, unused));
        }
        return ref;
    }

    private @Nullable RemoteRef<?> present(long number) {
        Known entry = known.get(number);
        return entry == null ? null : entry.get();
    }

    void hold(RemoteRef<?> ref) {
        held.put(ref.number(), ref);
    }

    void release(RemoteRef<?> ref) {
        held.remove(ref.number());
    }

    /** Begins a frame of that kind, about what has that number. */
    FrameWriter frame(byte kind, long number, int size) {
        return session.frame(Subject.REFERENCES, 9 + size).putByte(kind).putLong(number);
    }

    void tell(long number, byte[] message) {
        session.send(frame(References.TELL, number, message.length).putRaw(message));
    }

    void watch(long number) {
        session.send(frame(References.WATCH, number, 0));
    }

    void kill(long number, Throwable origin) {
        byte[] failure = cluster.values().writeFailure(origin);
        session.send(frame(References.KILL, number, failure.length).putRaw(failure));
    }

    /** Has the target killed if this node is lost, and returns what {@link #unlink} takes. */
    long link(long number) {
        session.send(frame(References.LINK, ++lastLink, 8).putLong(number));
        return lastLink;
    }

    void unlink(long link) {
        session.send(frame(References.UNLINK, link, 0));
    }

    /** Sends a question, and returns its frame. */
    byte[] ask(RemoteAsk<?> ask, long number, byte[] message) {
        ask.number(++lastAsk);
        asks.put(lastAsk, ask);
        return session.send(frame(References.ASK, lastAsk, 8 + message.length)
                .putLong(number)
                .putRaw(message));
    }

    /** Takes a question back. */
    void cancel(long ask, byte[] frame) {
        if (asks.remove(ask) != null && !session.withdraw(frame)) {
            session.send(frame(References.CANCEL, ask, 0));
        }
    }

    void answered(long number, FrameReader frame) {
        RemoteAsk<?> ask = asks.remove(number);
        if (ask == null) {
            return; // it was taken back
        }
        Object answer;
        try {
            answer = cluster.values().read(frame);
        } catch (SerializationFailed e) {
            ask.fail(e);
            return;
        }
        ask.succeed(answer);
    }

    void failed(long number, FrameReader frame) {
        RemoteAsk<?> ask = asks.remove(number);
        if (ask != null) {
            ask.fail(Down.readFailure(frame, cluster.values()));
        }
    }

    void credited(long number, int more) {
        RemoteRef<?> ref = held.get(number);
        if (ref != null) {
            ref.credited(more);
        }
    }

    void down(long number, FrameReader frame) {
        RemoteRef<?> ref = present(number);
        if (ref != null) {
            ref.down(Down.read(frame, cluster.values()));
        }
    }

    void lost(NodeLost why) {
        List<RemoteRef<?>> refs = new ArrayList<>();
        for (Known entry : known.values()) {
            RemoteRef<?> ref = entry.get();
            if (ref != null) {
                refs.add(ref);
            }
        }
        refs.forEach(ref -> ref.die(why));
        List<RemoteAsk<?>> open = List.copyOf(asks.values());
        asks.clear();
        held.clear();
        open.forEach(ask -> ask.lost(why));
    }
}
