package dev.weft.io;

import dev.weft.io.blocking.Calls;
import dev.weft.io.blocking.Exclusive;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * The writing end of a pipe where no selector can watch it: each write has a thread, and a copy, for a kill leaves it.
 */
final class OffloadedOutput extends PipeOutput {
    private final OutputStream stream;
    private final Exclusive writing = new Exclusive(this);
    private volatile boolean closed;

    OffloadedOutput(OutputStream stream, String description) {
        super(description);
        this.stream = stream;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        byte[] copy = new byte[source.remaining()];
        writing.enter();
        try {
            source.get(copy);
            Calls.runApart("write to", this, () -> {
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
        Calls.closeBehind(stream);
    }
}
