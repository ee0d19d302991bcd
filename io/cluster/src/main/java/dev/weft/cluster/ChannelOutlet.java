package dev.weft.cluster;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.sync.Channel;
import dev.weft.sync.ChannelFailed;
import dev.weft.sync.EndOfChannel;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The way from this node to a channel of another one: a channel of frames, and the greenlet that sends each once it has a credit.
 * Confined to the cluster's loop, except for what {@link ChannelEnd} declares. Dies with its session.
 */
final class ChannelOutlet implements ChannelEnd {
    private static final int BUFFER = 64; // frames, so that a switch sends several

    private final Cluster cluster;
    private final ChannelHandle handle;
    private final Channel<Object> frames;
    private final Credits credits;
    private @Nullable Session session; // null if it has never had one
    private @Nullable Greenlet<?> sender;
    private volatile boolean dead;
    private boolean leaving;

    private ChannelOutlet(Cluster cluster, ChannelHandle handle) {
        this.cluster = cluster;
        this.handle = handle;
        frames = Channel.on(cluster.home()).buffered(Math.min(BUFFER, handle.window()));
        credits = new Credits("credit of " + this, handle.window());
    }

    /** Returns one that sends in {@code session}. */
    static ChannelOutlet open(Cluster cluster, ChannelHandle handle, Session session) {
        ChannelOutlet outlet = new ChannelOutlet(cluster, handle);
        session.send(RemoteChannels.frame(RemoteChannels.OPEN, handle.id(), 0));
        outlet.session = session;
        outlet.sender = cluster.home().spawn("sender of " + outlet, () -> outlet.run(session));
        return outlet;
    }

    /** Returns one to a channel that cannot be reached any more. */
    static ChannelOutlet dead(Cluster cluster, ChannelHandle handle) {
        ChannelOutlet outlet = new ChannelOutlet(cluster, handle);
        outlet.lost(
                NodeLost.of(handle.owner(), "it was out of sight when " + outlet + " came to this node, or before"));
        return outlet;
    }

    /** Returns one to a channel that is closed. */
    static ChannelOutlet closed(Cluster cluster, ChannelHandle handle) {
        ChannelOutlet outlet = new ChannelOutlet(cluster, handle);
        outlet.frames.close();
        return outlet;
    }

    private void run(Session open) {
        try {
            while (true) {
                if (!credits.tryTake()) {
                    Weft.await(credits);
                }
                open.send((FrameWriter) frames.receive());
            }
        } catch (EndOfChannel end) {
            if (!leaving) {
                open.send(RemoteChannels.frame(RemoteChannels.CLOSE, handle.id(), 0));
                cluster.channels().remove(this, open);
            }
        } catch (ChannelFailed failed) {
            byte[] failure = cluster.values().writeFailure(Objects.requireNonNull(failed.getCause()));
            open.send(RemoteChannels.frame(RemoteChannels.FAIL, handle.id(), failure.length)
                    .putRaw(failure));
            cluster.channels().remove(this, open);
        }
    }

    void received(byte operation, FrameReader frame) {
        switch (operation) {
            case RemoteChannels.GRANT -> grant(frame.getInt());
            case RemoteChannels.CLOSED -> closedThere();
            default -> end(cluster.values().readFailure(frame));
        }
    }

    private void grant(int more) {
        if (more <= 0 || more > handle.window()) {
            throw new FrameReader.Garbled(more + " credits were granted, in a window of " + handle.window());
        }
        credits.grant(more);
    }

    private void closedThere() {
        stop();
        frames.close();
        try {
            while (frames.tryReceive().isPresent()) {
                // dropped, as is what is on its way
            }
        } catch (EndOfChannel | ChannelFailed end) {
            // nobody waits any more
        }
    }

    void lost(NodeLost why) {
        dead = true;
        end(why);
    }

    private void end(Throwable cause) {
        stop();
        frames.fail(cause);
    }

    private void stop() {
        if (session != null) {
            cluster.channels().remove(this, session);
        }
        if (sender != null) {
            sender.kill(this + " is over");
        }
    }

    /** Takes in nothing more; what was sent before still leaves, but the channel is not closed. */
    Greenlet<?> takeLeave() {
        if (!frames.isClosed()) {
            leaving = true;
            frames.close();
        }
        return Objects.requireNonNull(sender);
    }

    @Override
    public Channel<Object> way() {
        return frames;
    }

    @Override
    public Object pack(Object value) {
        byte[] content = cluster.values().write(value);
        return RemoteChannels.frame(RemoteChannels.VALUE, handle.id(), content.length)
                .putRaw(content);
    }

    @Override
    public void close() {
        frames.close();
    }

    @Override
    public void fail(Throwable cause) {
        frames.fail(cause);
    }

    @Override
    public ChannelHandle handle() {
        return dead ? new ChannelHandle(handle.owner(), handle.id(), handle.window(), false) : handle;
    }

    @Override
    public String toString() {
        return "channel " + handle.id() + " of " + handle.owner();
    }
}
