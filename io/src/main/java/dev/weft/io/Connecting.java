package dev.weft.io;

import dev.weft.DeadlineExceeded;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.SelectionKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What all kinds of connecting share: the deadline around the whole, and the wait for the system's word. */
final class Connecting {
    private Connecting() {}

    /** Runs {@code body} in {@code timeout} at the most; null: no limit. */
    static <S> S within(@Nullable Duration timeout, Object target, Weft.Body<S, IOException> body) throws IOException {
        if (timeout == null) {
            return body.call();
        }
        try {
            return Weft.withTimeout(timeout, body);
        } catch (DeadlineExceeded e) {
            DeadlineExceeded named = new DeadlineExceeded("connection to " + target, timeout);
            named.initCause(e); // tells where it was waiting
            throw named;
        }
    }

    /** Connects {@code stream} to {@code address}; on failure, closes it. {@code target} is for messages. */
    static void connect(SocketStream stream, SocketAddress address, Object target) throws IOException {
        Readiness out = stream.interest.out;
        out.become(SelectionKey.OP_CONNECT);
        try {
            Suspension.checkpoint();
            if (!stream.channel.connect(address)) {
                do {
                    out.drained();
                    SocketStream.await(out, null);
                } while (!stream.channel.finishConnect());
            }
            out.become(SelectionKey.OP_WRITE);
        } catch (SocketException e) {
            stream.close();
            throw named(e, target);
        } catch (Throwable t) {
            stream.close();
            throw t;
        }
    }

    /** The system's messages do not say to whom. */
    private static SocketException named(SocketException failure, Object target) {
        String message = "cannot connect to " + target + ": " + failure.getMessage();
        SocketException named = failure instanceof ConnectException
                ? new ConnectException(message)
                : failure instanceof NoRouteToHostException
                        ? new NoRouteToHostException(message)
                        : new SocketException(message);
        named.initCause(failure);
        return named;
    }
}
