package dev.weft.io.process;

import dev.weft.Loop;
import dev.weft.io.selector.SelectedStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;

/** The writing end of a pipe that is watched by the loop's selector. */
final class SelectedPipeOutput extends PipeOutput {
    private final SelectedStream stream;

    SelectedPipeOutput(Pipe.SinkChannel channel, String description) throws IOException {
        super(description);
        channel.configureBlocking(false);
        stream = SelectedStream.of(Loop.current(), channel, this);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return stream.write(source, null);
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
