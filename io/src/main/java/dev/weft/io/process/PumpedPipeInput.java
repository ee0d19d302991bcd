package dev.weft.io.process;

import dev.weft.Awaitable;
import dev.weft.io.offload.InputPump;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The reading end of a pipe that no selector can watch: a thread reads while a greenlet waits. */
final class PumpedPipeInput extends PipeInput {
    private final InputPump pump;

    PumpedPipeInput(InputStream stream, String description) {
        super(description);
        pump = new InputPump(new StreamSource(stream), description);
    }

    private record StreamSource(InputStream stream) implements InputPump.Source {
        @Override
        public int read(byte[] target) throws IOException {
            return stream.read(target);
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        return pump.read(bytes, offset, length);
    }

    @Override
    @SuppressWarnings("ByteBufferBackingArray") // hasArray() is checked first
    public int read(ByteBuffer target) throws IOException {
        if (target.hasArray()) {
            int count = pump.read(target.array(), target.arrayOffset() + target.position(), target.remaining());
            target.position(target.position() + Math.max(0, count));
            return count;
        }
        byte[] bytes = new byte[target.remaining()];
        int count = pump.read(bytes, 0, bytes.length);
        target.put(bytes, 0, Math.max(0, count));
        return count;
    }

    @Override
    public Awaitable.Checked<@Nullable Void, IOException> readable() {
        return pump.readable();
    }

    @Override
    public boolean isOpen() {
        return pump.isOpen();
    }

    @Override
    public void close() {
        pump.close();
    }
}
