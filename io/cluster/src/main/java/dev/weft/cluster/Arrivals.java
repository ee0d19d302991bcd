package dev.weft.cluster;

import dev.weft.Greenlet;
import dev.weft.serial.SerializationFailed;
import dev.weft.sync.ChannelClosed;
import dev.weft.sync.ChannelFailed;
import dev.weft.sync.Event;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * What has come for a channel from one node, and the greenlet that puts it in and grants the node new credits for it. Confined to the
 * cluster's loop.
 */
final class Arrivals {
    private final Cluster cluster;
    private final ChannelInlet inlet;
    private final Session session;
    private final ArrayDeque<Arrival> waiting = new ArrayDeque<>(); // no longer than the window
    private final Event work;
    private final Greenlet<?> greenlet;
    private int used; // credits not granted again yet
    private @Nullable NodeLost lost;
    private boolean over;

    Arrivals(Cluster cluster, ChannelInlet inlet, Session session) {
        this.cluster = cluster;
        this.inlet = inlet;
        this.session = session;
        String name = "values from " + session.node();
        work = new Event(cluster.home(), name);
        greenlet = cluster.home().spawn(name, this::run);
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Arrival(byte operation, byte[] content) {}

    Session session() {
        return session;
    }

    /** Takes in what has come, to be handled after what came before. */
    void add(byte operation, byte[] content) {
        if (waiting.size() >= inlet.window()) {
            throw new FrameReader.Garbled("channel " + inlet.id() + " got more than the " + inlet.window()
                    + " values that it has granted credits for");
        }
        waiting.add(new Arrival(operation, content));
        work.set();
    }

    /** The node is lost: nothing more comes. */
    void lost(NodeLost why) {
        lost = why;
        work.set();
    }

    /** The channel is over. */
    void end() {
        over = true;
        waiting.clear();
        work.set();
    }

    Greenlet<?> kill() {
        greenlet.kill("the node has left the cluster");
        return greenlet;
    }

    private void run() {
        try {
            while (!over) {
                Arrival next = waiting.poll();
                if (next != null) {
                    handle(next);
                } else if (lost != null) {
                    inlet.lost(this, lost);
                    return;
                } else {
                    work.await();
                    work.clear();
                }
            }
        } catch (ChannelClosed e) {
            inlet.close();
        } catch (ChannelFailed e) {
            inlet.failed(Objects.requireNonNull(e.getCause()));
        } catch (SerializationFailed | FrameReader.Garbled | RejectedExecutionException e) {
            inlet.fail(e);
        }
    }

    private void handle(Arrival arrival) {
        FrameReader content = new FrameReader(arrival.content());
        switch (arrival.operation()) {
            case RemoteChannels.CLOSE -> inlet.close();
            case RemoteChannels.FAIL -> inlet.fail(cluster.values().readFailure(content));
            default -> {
                Object value = cluster.values().read(content);
                if (value == null) {
                    throw new FrameReader.Garbled("null came for a channel");
                }
                inlet.way().send(value);
                grant();
            }
        }
    }

    /** Grants credits for what has been put in, a quarter of the window at a time. */
    private void grant() {
        used++;
        if (used * 4 >= inlet.window()) {
            session.send(RemoteChannels.frame(RemoteChannels.GRANT, inlet.id(), Integer.BYTES)
                    .putInt(used));
            used = 0;
        }
    }
}
