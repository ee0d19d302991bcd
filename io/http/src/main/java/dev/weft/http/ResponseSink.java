package dev.weft.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Sends one response, in the form of the connection's protocol. The lengths are those of {@link HttpResponse}: a number of bytes,
 * or one of its markers. Confined to the loop.
 */
interface ResponseSink {
    /** Commits the response, and sends it with the whole of its body, which is empty if it has none. */
    void send(HttpResponse response, ByteBuffer body, long length) throws IOException;

    /** Commits the response, unless that was done before, and sends a part of its body, which may be empty. */
    void sendPart(HttpResponse response, ByteBuffer part, long length) throws IOException;

    /** Ends the body of a response that is committed. */
    void end(HttpResponse response, long length, @Nullable HttpHeaders trailers) throws IOException;

    /**
     * Prepares an upgrade: what arrives from now on is for the new protocol.
     *
     * @throws HttpException with 400 if that is not possible
     */
    void requireUpgradable();

    /** Returns whether reading or writing has failed because of the client. */
    boolean clientHasLeft();
}
