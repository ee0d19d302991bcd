package dev.weft.io.selector;

import dev.weft.Awaitable;
import dev.weft.Loop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.Pipe;
import java.nio.channels.ScatteringByteChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A byte channel on a loop's selector: a connected socket or one end of a pipe. Single buffers are read from such channels only
 * in {@link #tryRead} and written only in {@link #tryWrite}. Confined to the loop's thread.
 */
public final class SelectedStream extends SelectedChannel {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int LARGEST_COPY = 128 * 1024; // the JDK copies heap buffers into a cached direct buffer

    private static final Operation<SelectedStream, ByteBuffer> READ = new Operation.InPass<>() {
        @Override
        public long attempt(SelectedStream stream, ByteBuffer target) throws IOException {
            int count = stream.tryRead(target);
            return count == 0 && target.hasRemaining() ? AGAIN : count;
        }

        @Override
        public boolean triesFirst(ByteBuffer target) {
            return !target.hasRemaining();
        }
    };

    private static final Operation<SelectedStream, ByteBuffer[]> SCATTER = new Operation.InPass<>() {
        @Override
        public long attempt(SelectedStream stream, ByteBuffer[] targets) throws IOException {
            long room = remaining(targets);
            long count = stream.source().read(targets);
            if (count == 0 && room > 0) {
                stream.in().noteDrained();
                return AGAIN;
            }
            if (count > 0) {
                stream.in().noteProgress(); // even if short: the channel may not fill all of many buffers at once
            }
            return count;
        }

        @Override
        public boolean triesFirst(ByteBuffer[] targets) {
            return remaining(targets) == 0;
        }
    };

    private static final Operation.InPass<SelectedStream, ReceiveBuffers> RECEIVE =
            (stream, buffers) -> buffers.tryFill(stream, stream, READ);

    private static final Operation<SelectedStream, ByteBuffer> WRITE = new Operation.InPass<>() {
        @Override
        public long attempt(SelectedStream stream, ByteBuffer source) throws IOException {
            return stream.tryWrite(source) ? 0 : AGAIN;
        }

        @Override
        public boolean triesFirst(ByteBuffer source) {
            return true;
        }
    };

    private static final Operation<SelectedStream, ByteBuffer[]> GATHER = new Operation.InPass<>() {
        @Override
        public long attempt(SelectedStream stream, ByteBuffer[] sources) throws IOException {
            if (!stream.hasFinishedGathered()) {
                return AGAIN;
            }
            long left = remaining(sources);
            while (left > 0) { // the system takes some hundred buffers at a time
                long count = stream.sink().write(sources);
                if (count == 0) {
                    stream.out().noteDrained();
                    return AGAIN;
                }
                left -= count;
            }
            stream.out().noteProgress();
            return 0;
        }

        @Override
        public boolean triesFirst(ByteBuffer[] sources) {
            return true;
        }
    };

    private final @Nullable ScatteringByteChannel source;
    private final @Nullable GatheringByteChannel sink;
    private @Nullable GatheredWrites gathered; // null: each write goes to the kernel at once
    private @Nullable ByteBuffer received; // filled for a receiver that has not run yet

    private SelectedStream(
            Loop loop,
            SelectableChannel channel,
            Object owner,
            @Nullable ScatteringByteChannel source,
            @Nullable GatheringByteChannel sink) {
        super(
                loop,
                channel,
                owner,
                source == null ? 0 : SelectionKey.OP_READ,
                sink == null ? 0 : SelectionKey.OP_WRITE);
        this.source = source;
        this.sink = sink;
    }

    /** Creates a stream over {@code channel}, which must be non-blocking. Descriptions of waits show {@code owner}. */
    public static SelectedStream of(Loop loop, SocketChannel channel, Object owner) {
        return new SelectedStream(loop, channel, owner, channel, channel);
    }

    /** Creates a stream over the reading end of a pipe; see {@link #of(Loop, SocketChannel, Object)}. */
    public static SelectedStream of(Loop loop, Pipe.SourceChannel channel, Object owner) {
        return new SelectedStream(loop, channel, owner, channel, null);
    }

    /** Creates a stream over the writing end of a pipe; see {@link #of(Loop, SocketChannel, Object)}. */
    public static SelectedStream of(Loop loop, Pipe.SinkChannel channel, Object owner) {
        return new SelectedStream(loop, channel, owner, null, channel);
    }

    /** Returns the stream that underlies {@code owner}. */
    public static SelectedStream below(SelectedStreamOwner owner) {
        return owner.stream;
    }

    /** Reads the available bytes without waiting. Returns their number, 0 if there are none, or -1 at the end. */
    public int tryRead(ByteBuffer target) throws IOException {
        int room = target.remaining();
        int count = read(source(), target);
        in().noteTransfer(count, room);
        return count;
    }

    /** Reads the available bytes, waiting until there are some. Returns their number, or -1 at the end. */
    public int read(ByteBuffer target, @Nullable Duration timeout) throws IOException {
        return (int) in().perform(this, target, READ, timeout);
    }

    /** Reads into several buffers, as {@link #read(ByteBuffer, Duration)} does. */
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return in().perform(this, range(targets, offset, length), SCATTER, null);
    }

    /** Reads into one of {@code buffers}, the loop's, which {@link #takeReceived} then returns. */
    public int receive(ReceiveBuffers buffers) throws IOException {
        return (int) in().perform(this, buffers, RECEIVE, null);
    }

    /** From now on small writes are held until the end of the batch. */
    public void gatherWrites() {
        if (gathered == null) {
            gathered = new GatheredWrites(this, heldWrites());
        }
    }

    /** Waits until the kernel has all that was written. */
    public void flush() throws IOException {
        if (gathered != null) {
            out().perform(this, NOTHING, WRITE, null);
        }
    }

    /** Ends gathering. To be called after {@link #flush}, when nothing more may be written. */
    public void endGathering() {
        gathered = null;
    }

    @Override
    boolean lingers() {
        return gathered != null && gathered.lingers();
    }

    /** Keeps {@code buffer}, which was filled, for the receiver. */
    void received(ByteBuffer buffer) {
        received = buffer;
    }

    /** Returns the filled buffer, ready for reading. Must be followed by {@link ReceiveBuffers#giveBack}. */
    public ByteBuffer takeReceived() {
        ByteBuffer buffer = Objects.requireNonNull(received, "nothing was read");
        received = null;
        return buffer.flip();
    }

    /** Returns the awaitable form of {@link #read(ByteBuffer, Duration)}. */
    public Awaitable.Checked<Integer, IOException> reading(ByteBuffer target) {
        return new PendingOperation<>(in(), "read from " + owner(), this, target, READ, count -> (int) count);
    }

    /** Writes without waiting. Returns whether all bytes were written; if not, the channel is full. */
    public boolean tryWrite(ByteBuffer source) throws IOException {
        return hasFinishedGathered() && tryWriteNow(source);
    }

    /** As {@link #tryWrite}; but if writes are gathered, a small {@code source} is held. Returns whether it was taken. */
    public boolean tryWriteOrHold(ByteBuffer source) throws IOException {
        return (gathered != null && gathered.tryHoldNow(source)) || tryWrite(source);
    }

    private boolean hasFinishedGathered() throws IOException {
        if (gathered == null || gathered.tryFinish()) {
            return true;
        }
        out().noteDrained();
        return false;
    }

    /** As {@link #tryWrite}, for bytes that come before all others. */
    boolean tryWriteNow(ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            int wanted = source.remaining();
            int count;
            if (source.isDirect() || wanted <= LARGEST_COPY) {
                count = write(sink(), source);
            } else {
                int limit = source.limit();
                wanted = LARGEST_COPY;
                source.limit(source.position() + wanted);
                try {
                    count = write(sink(), source);
                } finally {
                    source.limit(limit);
                }
            }
            if (count < wanted) {
                out().noteDrained();
                return !source.hasRemaining();
            }
        }
        out().noteProgress();
        return true;
    }

    /** Writes all of {@code source}, waiting while the channel is full. Returns the number of bytes written. */
    public int write(ByteBuffer source, @Nullable Duration timeout) throws IOException {
        int total = source.remaining();
        if (gathered != null && gathered.tryHold(source)) {
            return total;
        }
        out().perform(this, source, WRITE, timeout);
        return total;
    }

    /** Writes several buffers, as {@link #write(ByteBuffer, Duration)} does. */
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        ByteBuffer[] range = range(sources, offset, length);
        long total = remaining(range);
        out().perform(this, range, GATHER, null);
        return total;
    }

    /** Returns the awaitable form of {@link #write(ByteBuffer, Duration)}. */
    public Awaitable.Checked<Integer, IOException> writing(ByteBuffer source) {
        int total = source.remaining();
        return new PendingOperation<>(out(), "write to " + owner(), this, source, WRITE, done -> total);
    }

    private ScatteringByteChannel source() {
        ScatteringByteChannel present = source;
        if (present == null) {
            throw new NonReadableChannelException();
        }
        return present;
    }

    private GatheringByteChannel sink() {
        GatheringByteChannel present = sink;
        if (present == null) {
            throw new NonWritableChannelException();
        }
        return present;
    }

    /** Returns a range of {@code buffers}: the same array if it is the whole range, otherwise a copy. */
    public static ByteBuffer[] range(ByteBuffer[] buffers, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, buffers.length);
        return length == buffers.length ? buffers : Arrays.copyOfRange(buffers, offset, offset + length);
    }

    /** Returns the total number of bytes remaining in {@code buffers}. */
    public static long remaining(ByteBuffer[] buffers) {
        long sum = 0;
        for (ByteBuffer buffer : buffers) {
            sum += buffer.remaining();
        }
        return sum;
    }
}
