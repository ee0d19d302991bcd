package dev.weft.io.net;

import dev.weft.Loop;
import dev.weft.io.Interest;
import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A channel for which greenlets of any loop, and any thread, can wait: it is non-blocking, and registered with the selector
 * of each loop that has waited for it, and with that of all threads. Any thread.
 *
 * <p>It knows nothing of the socket that uses it, so that the socket can become garbage: this is what is closed then.
 */
final class SharedChannel implements Runnable {
    private final SelectableChannel channel;
    private final int inOperation;
    private final int outOperation;
    private final List<Station> stations = new ArrayList<>(1); // of loops and of the threads; guarded by this
    private volatile @Nullable LoopStation latest; // as mostly there is only one
    private volatile @Nullable ThreadStation ofThreads;
    private boolean closed; // guarded by this

    SharedChannel(SelectableChannel channel, int inOperation, int outOperation) throws IOException {
        channel.configureBlocking(false);
        this.channel = channel;
        this.inOperation = inOperation;
        this.outOperation = outOperation;
    }

    /** The caller's. */
    Station station() throws IOException {
        LoopStation recent = latest;
        if (recent != null && recent.isMine()) {
            return recent;
        }
        return Suspension.isOnLoop() ? loopStation() : threadStation();
    }

    private synchronized Station loopStation() throws IOException {
        requireOpen();
        LoopStation mine = null;
        for (Station station : stations) {
            if (station instanceof LoopStation other && other.isMine()) {
                mine = other;
            }
        }
        if (mine == null) {
            stations.removeIf(station -> station instanceof LoopStation other && other.isOver());
            Loop loop = Loop.current();
            mine = new LoopStation(loop, Interest.shared(loop, channel, this, inOperation, outOperation));
            stations.add(mine);
        }
        latest = mine;
        return mine;
    }

    private Station threadStation() throws IOException {
        ThreadStation station = ofThreads;
        return station == null ? firstThreadStation() : station;
    }

    private synchronized Station firstThreadStation() throws IOException {
        requireOpen();
        ThreadStation station = ofThreads;
        if (station == null) {
            station = new ThreadStation(channel, inOperation, outOperation);
            stations.add(station);
            ofThreads = station;
        }
        return station;
    }

    private void requireOpen() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }

    /** Closes the channel and tells all who wait for it; never waits. Again, it does nothing. */
    void close() {
        List<Station> told;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            told = List.copyOf(stations);
        }
        try {
            channel.close();
        } catch (IOException e) {
            // Closing a socket that the peer has reset may say so; it is closed all the same.
        }
        told.forEach(Station::close);
    }

    /** For the cleaner. */
    @Override
    public void run() {
        close();
    }

    @Override
    public String toString() {
        return "java.net socket on " + channel;
    }
}
