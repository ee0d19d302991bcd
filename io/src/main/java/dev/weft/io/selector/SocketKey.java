package dev.weft.io.selector;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;

/**
 * What a selector may offer in the key of a socket: a shorter way to transfer bytes than the channel's, and reports of changes
 * only. Confined to the selector's thread.
 */
public interface SocketKey {
    /** As {@link java.nio.channels.ReadableByteChannel#read}, without waiting, if neither direction is shut down. */
    int read(ByteBuffer target) throws IOException;

    /** As {@link java.nio.channels.WritableByteChannel#write}, without waiting, if neither direction is shut down. */
    int write(ByteBuffer source) throws IOException;

    /**
     * Makes the selector report again what is possible now. Needed before a wait unless the last operation found the channel not
     * ready, or transferred less than there was room for; {@link SelectionKey#interestOps(int)} does the same.
     */
    void reportAgain() throws IOException;
}
