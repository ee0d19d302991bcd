package dev.weft.io;

import java.io.IOException;
import java.nio.channels.ByteChannel;

/** Who is at the other end of a stream: plain code that blocks. */
interface Peer extends ByteChannel {
    /** Says that it will write no more. */
    void shutdownOutput() throws IOException;

    /** Closes it in the rude way; it must have data that it has not read. */
    void reset() throws IOException;
}
