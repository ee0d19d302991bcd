package dev.weft.http;

import java.io.OutputStream;

/** Encodes the body of a response on its way to the client (RFC 9110, section 8.4). */
interface ContentCoding {
    /**
     * Decides whether to encode the body, and then describes that in the header fields. Called once, before the head is sent.
     *
     * @param length the bytes of the body, or less than 0 if that is unknown
     */
    boolean prepare(HttpResponse response, long length);

    /** Returns a stream that encodes what is written to it, and writes it to {@code body}, which it closes. */
    OutputStream encode(OutputStream body);
}
