package dev.weft.io.process;

import dev.weft.io.offload.Exclusive;
import dev.weft.io.offload.OffloadedCalls;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * The writing end of a pipe that no selector can watch. Each write runs on its own thread, with a copy of the bytes because a
 * kill abandons the write.
 */
final class OffloadedPipeOutput extends PipeOutput {
    private final OutputStream stream;
    private final Exclusive writing = new Exclusive(this);
    private volatile boolean closed;

    OffloadedPipeOutput(OutputStream stream, String description) {
        super(description);
        this.stream = stream;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        byte[] copy = new byte[source.remaining()];
        writing.enter();
        try {
            source.get(copy);
            OffloadedCalls.runOnOwnThread("write to", this, () -> {
                stream.write(copy);
                stream.flush();
            });
            return copy.length;
        } finally {
            writing.leave();
        }
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public void close() {
        closed = true;
        OffloadedCalls.closeInBackground(stream);
    }
}
