package dev.weft.bench.load;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An echo server. A connection is not read while its peer does not accept the echo. */
final class EchoUpstream extends Upstream {
    private final int messageBytes;
    private @Nullable Unsent[] unsent = new Unsent[1024];
    private long bytes;

    private static final class Unsent {
        private final Bytes bytes;
        private int from;
        private int length;

        Unsent(int capacity) {
            bytes = new Bytes(capacity);
        }
    }

    /** @param messageBytes the number of bytes that count as one request */
    EchoUpstream(Sockets sockets, int messageBytes) throws IOException {
        super(sockets);
        this.messageBytes = messageBytes;
    }

    @Override
    void accepted(int socket) {
        if (socket >= unsent.length) {
            unsent = Arrays.copyOf(unsent, Math.max(socket + 1, 2 * unsent.length));
        }
        Unsent before = unsent[socket];
        if (before != null) {
            before.length = 0;
        }
    }

    @Override
    void received(int socket, Bytes received, int count) throws IOException {
        bytes += count;
        answered(bytes / messageBytes);
        bytes %= messageBytes;
        int sent = sockets().send(socket, received, 0, count);
        if (sent < count) {
            keep(socket, received, sent, count - sent);
        }
    }

    private void keep(int socket, Bytes received, int from, int length) throws IOException {
        Unsent rest = unsent[socket];
        if (rest == null) {
            unsent[socket] = rest = new Unsent(received.capacity());
        }
        rest.bytes.copyFrom(received, from, length);
        rest.from = 0;
        rest.length = length;
        sockets().watch(socket, Sockets.Interest.SEND);
    }

    @Override
    void flush(int socket) throws IOException {
        Unsent rest = unsent[socket];
        if (rest == null || rest.length == 0) {
            return;
        }
        int sent = sockets().send(socket, rest.bytes, rest.from, rest.length);
        rest.from += sent;
        rest.length -= sent;
        if (rest.length == 0) {
            sockets().watch(socket, Sockets.Interest.RECEIVE);
        }
    }
}
