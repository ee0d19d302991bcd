package dev.weft.io.process;

import dev.weft.Awaitable;
import dev.weft.spi.Waiter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/** The input from an output that was redirected: always at its end. */
final class EmptyPipeInput extends PipeInput {
    private boolean closed;

    EmptyPipeInput(String description) {
        super(description);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        return -1;
    }

    @Override
    public Awaitable.Checked<@Nullable Void, IOException> readable() {
        return new Awaitable.Checked<>() {
            @Override
            @SuppressWarnings("NullAway") // a Void is always null
            public void subscribe(Waiter<? super @Nullable Void> waiter) {
                waiter.succeed(null);
            }

            @Override
            public boolean unsubscribe(Waiter<? super @Nullable Void> waiter) {
                return true;
            }
        };
    }

    @Override
    public boolean isOpen() {
        return !closed;
    }

    @Override
    public void close() {
        closed = true;
    }
}
