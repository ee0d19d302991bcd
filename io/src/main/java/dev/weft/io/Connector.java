package dev.weft.io;

import dev.weft.CheckedCallable;
import dev.weft.DeadlineExceeded;
import dev.weft.Weft;
import dev.weft.io.selector.Operation;
import dev.weft.io.selector.Readiness;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Connects sockets: applies the overall deadline, waits, and adds the peer's name to exception messages. */
final class Connector {
    private static final Operation<SocketStream, SocketAddress> CONNECT = Connector::tryConnect;

    private Connector() {}

    /** Runs {@code body} with {@code timeout}; null means no limit. */
    static <S> S within(@Nullable Duration timeout, Object target, CheckedCallable<S, IOException> body)
            throws IOException {
        if (timeout == null) {
            return body.call();
        }
        try {
            return Weft.withTimeout(timeout, body);
        } catch (DeadlineExceeded e) {
            DeadlineExceeded named = new DeadlineExceeded("connection to " + target, timeout);
            named.initCause(e); // shows where the greenlet was waiting
            throw named;
        }
    }

    /** Connects {@code stream} to {@code address}, and closes it on failure. {@code target} describes the peer in messages. */
    static void connect(SocketStream stream, SocketAddress address, Object target) throws IOException {
        Readiness out = stream.stream.out();
        out.become(SelectionKey.OP_CONNECT);
        try {
            out.perform(stream, address, CONNECT, null);
            out.become(SelectionKey.OP_WRITE);
        } catch (SocketException e) {
            stream.close();
            throw named(e, target);
        } catch (Throwable t) {
            stream.close();
            throw t;
        }
    }

    private static long tryConnect(SocketStream stream, SocketAddress address) throws IOException {
        SocketChannel channel = stream.channel();
        if (channel.isConnectionPending() ? channel.finishConnect() : channel.connect(address)) {
            return 0;
        }
        stream.stream.out().noteDrained();
        return Operation.AGAIN;
    }

    /** Adds the peer to the message, because the operating system's messages do not name it. */
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
