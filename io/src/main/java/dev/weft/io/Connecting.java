package dev.weft.io;

import dev.weft.DeadlineExceeded;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One call of {@code connect}, and the time that is left for it. */
final class Connecting {
    private final Object target;
    private final @Nullable Duration timeout;
    private final long begin = System.nanoTime();

    Connecting(Object target, @Nullable Duration timeout) {
        this.target = target;
        this.timeout = timeout;
    }

    /** What is left of the time; null: no limit. */
    @Nullable Duration left() {
        if (timeout == null) {
            return null;
        }
        Duration left = timeout.minusNanos(System.nanoTime() - begin);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** Connects {@code stream}; on failure, closes it. */
    void connect(SocketStream stream, SocketAddress address) throws IOException {
        Readiness out = stream.interest.out;
        out.become(SelectionKey.OP_CONNECT);
        try {
            if (!stream.channel.connect(address)) {
                do {
                    out.drained();
                    SocketStream.await(out, left());
                } while (!stream.channel.finishConnect());
            }
            out.become(SelectionKey.OP_WRITE);
        } catch (DeadlineExceeded e) {
            stream.close();
            throw timeout == null ? e : new DeadlineExceeded("connection to " + target, timeout);
        } catch (Throwable t) {
            stream.close();
            throw t;
        }
    }
}
