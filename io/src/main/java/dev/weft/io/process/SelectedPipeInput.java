package dev.weft.io.process;

import dev.weft.Awaitable;
import dev.weft.Loop;
import dev.weft.io.selector.SelectedStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import org.jspecify.annotations.Nullable;

/** The reading end of a pipe that is watched by the loop's selector. */
final class SelectedPipeInput extends PipeInput {
    private final SelectedStream stream;

    SelectedPipeInput(Pipe.SourceChannel channel, String description) throws IOException {
        super(description);
        channel.configureBlocking(false);
        stream = SelectedStream.of(Loop.current(), channel, this);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return stream.read(target, null);
    }

    @Override
    public Awaitable.Checked<@Nullable Void, IOException> readable() {
        return stream.in();
    }

    @Override
    public boolean isOpen() {
        return stream.isOpen();
    }

    @Override
    public void close() {
        stream.close();
    }
}
