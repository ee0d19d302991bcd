package dev.weft.io;

import dev.weft.Loop;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;

/** The writing end of a pipe that the loop's own selector watches. */
final class SelectedOutput extends PipeOutput {
    private final Pipe.SinkChannel channel;
    private final Interest interest;

    SelectedOutput(Pipe.SinkChannel channel, String description) throws IOException {
        super(description);
        this.channel = channel;
        channel.configureBlocking(false);
        interest = new Interest(Loop.current(), channel, this, 0, SelectionKey.OP_WRITE);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        interest.begin(interest.out);
        int total = source.remaining();
        if (!tryWrite(source)) {
            interest.out.occupy();
            try {
                do {
                    SocketStream.await(interest.out, null);
                } while (!tryWrite(source));
            } finally {
                interest.out.vacate();
            }
        }
        return total;
    }

    /** Whether all is written; if not, the pipe is full. */
    private boolean tryWrite(ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            if (channel.write(source) == 0) {
                interest.out.drained();
                return false;
            }
        }
        interest.out.used();
        return true;
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
