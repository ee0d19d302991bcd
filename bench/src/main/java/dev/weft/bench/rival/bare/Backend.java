package dev.weft.bench.rival.bare;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;

/** A loop's connections to the backend: those that are free, the most recently used first. */
final class Backend {
    private final SelectorLoop loop;
    private final InetSocketAddress address;
    private final Deque<BackendConnection> free = new ArrayDeque<>();

    Backend(SelectorLoop loop, InetSocketAddress address) {
        this.loop = loop;
        this.address = address;
    }

    /** Calls the backend; {@code caller} is told the answer to its call {@code index}, or closed. */
    void call(GatewayConnection caller, int index) {
        BackendConnection connection = free.poll();
        try {
            if (connection == null) {
                BackendConnection.connect(this, loop, address).firstCall(caller, index);
            } else {
                connection.call(caller, index);
            }
        } catch (IOException e) {
            caller.close();
        }
    }

    void released(BackendConnection connection) {
        free.push(connection);
    }

    void lost(BackendConnection connection) {
        free.remove(connection);
    }
}
