package dev.weft.io;

import dev.weft.DeadlineExceeded;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import java.util.List;
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

    /** The addresses of {@code host}; the time that it takes is part of the whole. */
    List<InetAddress> lookUp(String host) throws UnknownHostException {
        try {
            return Names.lookUp(host, left());
        } catch (DeadlineExceeded e) {
            throw exceeded(e);
        }
    }

    /** {@code e} is about what was left of the time; the caller knows the whole. */
    private DeadlineExceeded exceeded(DeadlineExceeded e) {
        if (timeout == null) {
            return e;
        }
        DeadlineExceeded whole = new DeadlineExceeded("connection to " + target, timeout);
        whole.initCause(e);
        return whole;
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
            throw exceeded(e);
        } catch (Throwable t) {
            stream.close();
            throw t;
        }
    }
}
