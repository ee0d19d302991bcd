package dev.weft.cluster;

import dev.weft.Greenlet;
import dev.weft.lowlevel.Suspension;
import dev.weft.sync.Channel;
import dev.weft.sync.Producer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A channel of this node to which other nodes send. Confined to the cluster's loop, except for what {@link ChannelEnd} declares. */
final class ChannelInlet implements ChannelEnd {
    private final Cluster cluster;
    private final Channel<Object> channel;
    private final @Nullable Producer<Object> producer;
    private final ChannelHandle handle;
    private final List<Arrivals> senders = new ArrayList<>(); // one for each node that has opened it
    private boolean over;

    ChannelInlet(Cluster cluster, long id, Channel<Object> channel, @Nullable Producer<Object> producer, int window) {
        this.cluster = cluster;
        this.channel = channel;
        this.producer = producer;
        handle = new ChannelHandle(cluster.self().id(), id, window, true);
    }

    long id() {
        return handle.id();
    }

    int window() {
        return handle.window();
    }

    /** A node opens it. */
    Arrivals opened(Session session) {
        Arrivals arrivals = new Arrivals(cluster, this, session);
        senders.add(arrivals);
        return arrivals;
    }

    /** A node that had opened it is lost, and all that came of it is in the channel. */
    void lost(Arrivals sender, NodeLost why) {
        senders.remove(sender);
        if (senders.isEmpty()) {
            fail(why);
        }
    }

    @Override
    public Channel<Object> way() {
        return channel;
    }

    @Override
    public Object pack(Object value) {
        return value;
    }

    @Override
    public void close() {
        if (producer == null) {
            channel.close();
        } else {
            producer.close();
        }
        tell(() -> end(RemoteChannels.frame(RemoteChannels.CLOSED, id(), 0).toBytes()));
    }

    @Override
    public void fail(Throwable cause) {
        channel.fail(cause);
        tell(() -> failed(cause));
    }

    /** It has been found failed. */
    void failed(Throwable cause) {
        byte[] failure = cluster.values().writeFailure(cause);
        end(RemoteChannels.frame(RemoteChannels.FAILED, id(), failure.length)
                .putRaw(failure)
                .toBytes());
    }

    private void end(byte[] lastFrame) {
        if (over) {
            return;
        }
        over = true;
        cluster.channels().remove(this, senders);
        for (Arrivals sender : senders) {
            sender.session().send(new FrameWriter(lastFrame.length).putRaw(lastFrame));
            sender.end();
        }
        senders.clear();
    }

    private void tell(Runnable event) {
        Suspension.tell(cluster.home(), event);
    }

    /** Fails it, as this node has left the cluster, and returns the greenlets that end. */
    List<Greenlet<?>> leave() {
        List<Greenlet<?>> ending = new ArrayList<>();
        for (Arrivals sender : senders) {
            ending.add(sender.kill());
        }
        fail(NodeLost.of(handle.owner(), "this node has left the cluster"));
        return ending;
    }

    @Override
    public ChannelHandle handle() {
        return handle;
    }

    @Override
    public String toString() {
        return channel.toString();
    }
}
