package dev.weft.http;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Where the bytes of a request's body come from, in the form of the connection's protocol. Confined to the loop. */
interface BodySource {
    /** Marks a body whose length is known only at its end. */
    long UNKNOWN = Long.MAX_VALUE;

    /**
     * Reads what is there, waiting until there is something. Returns the number of bytes, or -1 at the end.
     *
     * @param count the bytes that have been read before
     * @throws HttpException with 413, 408 or 400 if the body breaks a limit or a rule
     */
    int read(ByteBuffer target, long count) throws IOException;

    /** Returns whether the end is known to have been reached. */
    boolean isAtEnd();

    /** Returns the bytes that are left, or {@link #UNKNOWN}. */
    long remaining();

    /** Returns the trailer fields, once the end has been reached. */
    HttpHeaders trailers();

    /** Tells the client to send the body, unless it has begun to. */
    void sendContinue() throws IOException;

    /** Moves as many bytes as there are and as fit. Returns their number. */
    static int move(ByteBuf source, ByteBuffer target) {
        int count = Math.min(source.readableBytes(), target.remaining());
        int limit = target.limit();
        source.readBytes(target.limit(target.position() + count));
        target.limit(limit);
        return count;
    }
}
