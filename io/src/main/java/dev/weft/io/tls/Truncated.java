package dev.weft.io.tls;

import java.io.EOFException;
import javax.net.ssl.SSLException;

/**
 * The connection below a {@link TlsStream} has ended without the peer's announcement ({@code close_notify}): it broke,
 * or was cut off by an attacker. What was read is authentic, but its end may be missing. Whether that matters depends
 * on the protocol above; a message with a length field is complete.
 */
public final class Truncated extends SSLException {
    private static final long serialVersionUID = 1L;

    Truncated(Object stream) {
        super(
                stream + " ended without close_notify: what was read may be incomplete",
                new EOFException("end of the connection below"));
    }
}
