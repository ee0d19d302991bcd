package dev.weft.io.selector;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * The small writes of a loop's streams that are held until the end of the batch and then sent together, so that similar work is
 * done together, in the kernel and here. Takes 1 MiB once something is held. Confined to the loop's thread.
 */
final class HeldWrites {
    private static final int SIZE = 1 << 20; // what all streams together may hold, in bytes

    private final ArrayDeque<GatheredWrites> holders = new ArrayDeque<>(); // one that was sent early may be in it again
    private ByteBuffer bytes = ByteBuffer.allocate(0); // until something is held
    private ByteBuffer view = bytes.duplicate();

    /** Sends what is in the way of holding {@code count} more bytes of {@code holder}, which may thus keep a rest. */
    void makeRoom(GatheredWrites holder, int count) {
        if (bytes.capacity() == 0) {
            bytes = ByteBuffer.allocateDirect(SIZE);
            view = bytes.duplicate();
        } else if (count > bytes.remaining()) {
            sendAll();
        } else if (holder.isHolding() && (holder.end() != bytes.position() || !holder.mayHold(count))) {
            send(holder); // before what others have written since, which makes no difference to them
        }
    }

    /** Appends {@code source} to what {@code holder} holds. There must be room. */
    void hold(GatheredWrites holder, ByteBuffer source) {
        if (!holder.isHolding()) {
            holders.addLast(holder);
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
