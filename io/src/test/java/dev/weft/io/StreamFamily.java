package dev.weft.io;

import java.io.IOException;
import java.nio.file.Path;

/** What the contracts need to know of a kind of stream. To be called by greenlets. */
interface StreamFamily {
    /** A stream of the caller's loop, with a peer. */
    SocketContract.Pair pair(Path directory) throws IOException;

    /** A connection with both ends on the caller's loop. */
    SocketContract.Ends ends(Path directory) throws IOException;
}
