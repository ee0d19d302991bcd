package dev.weft.io;

import dev.weft.Awaitable;
import dev.weft.Loop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import org.jspecify.annotations.Nullable;

/** The reading end of a pipe that the loop's own selector watches. */
final class SelectedInput extends PipeInput {
    private final Pipe.SourceChannel channel;
    private final Interest interest;

    SelectedInput(Pipe.SourceChannel channel, String description) throws IOException {
        super(description);
        this.channel = channel;
        channel.configureBlocking(false);
        interest = new Interest(Loop.current(), channel, this, SelectionKey.OP_READ, 0);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        interest.begin(interest.in);
        if (interest.in.isWorthATry() || !target.hasRemaining()) {
            int count = tryRead(target);
            if (count != 0 || !target.hasRemaining()) {
                return count;
            }
        }
        interest.in.occupy();
        try {
            int count;
            do {
                SocketStream.await(interest.in, null);
                count = tryRead(target);
            } while (count == 0);
            return count;
        } finally {
            interest.in.vacate();
        }
    }

    private int tryRead(ByteBuffer target) throws IOException {
        int room = target.remaining();
        int count = channel.read(target);
        if (count >= 0 && count < room) {
            interest.in.drained();
        } else if (count > 0) {
            interest.in.used();
        }
        return count;
    }

    @Override
    public Awaitable.Checked<@Nullable Void, IOException> readable() {
        return interest.in;
    }

    @Override
    public boolean isOpen() {
        return interest.isOpen();
    }

    @Override
    public void close() {
        interest.close();
    }
}
