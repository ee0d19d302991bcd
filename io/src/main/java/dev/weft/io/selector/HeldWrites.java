package dev.weft.io.selector;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * The small writes of a loop's streams that are held until the end of the batch and then leave together, so that similar work
 * is done together, in the kernel and here. Confined to the loop's thread.
 */
final class HeldWrites {
    private static final int SIZE = 1 << 20; // what all streams together may hold, in bytes

    private final ArrayDeque<GatheredWrites> holders = new ArrayDeque<>();
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(SIZE);
    private final ByteBuffer view = bytes.duplicate();

    /** Appends {@code source} to what {@code holder} holds. */
    void hold(GatheredWrites holder, ByteBuffer source) {
        if (source.remaining() > bytes.remaining()) {
            sendAll();
        }
        if (!holder.isHolding()) {
            holders.addLast(holder);
            holder.beginAt(bytes.position());
        } else if (holder.end() != bytes.position()) {
            send(holder); // it stays in the queue; what others wrote in between leaves first, which they cannot see
            holder.beginAt(bytes.position());
        }
        bytes.put(source);
        holder.endAt(bytes.position());
    }

    boolean isEmpty() {
        return holders.isEmpty();
    }

    /** Sends what {@code holder} holds, as far as its channel accepts it. */
    void send(GatheredWrites holder) {
        view.limit(holder.end()).position(holder.begin());
        holder.endAt(holder.begin());
        holder.send(view);
    }

    /** Sends everything that is held. */
    void sendAll() {
        GatheredWrites next;
        while ((next = holders.pollFirst()) != null) {
            if (next.isHolding()) {
                send(next);
            }
        }
        bytes.clear();
    }
}
