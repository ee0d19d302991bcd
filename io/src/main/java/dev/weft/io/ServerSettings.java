package dev.weft.io;

import dev.weft.LoopGroup;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the builders of all servers set. Not thread-safe. */
final class ServerSettings {
    int maxConnections = Integer.MAX_VALUE;
    int acceptsInARow = 64;
    int backlog = SocketListener.BACKLOG;
    boolean gathersWrites;

    @Nullable LoopGroup loops; // null: the loop that starts the server

    void serveOn(LoopGroup group) {
        loops = Objects.requireNonNull(group, "group");
    }

    static int positive(int value, String name) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1: " + value);
        }
        return value;
    }
}
