package dev.weft.io.tls;

import java.io.EOFException;
import javax.net.ssl.SSLException;

/**
 * Thrown when the connection underlying a {@link TlsStream} ends without the peer's {@code close_notify}, because it broke or was
 * cut off by an attacker. The data read so far is authentic, but its end may be missing. Whether that matters depends on the
 * application protocol; a message with a length field, once read in full, is complete.
 */
public final class Truncated extends SSLException {
    private static final long serialVersionUID = 1L;

    Truncated(Object stream) {
        super(
                stream + " ended without close_notify; the data read may be incomplete",
                new EOFException("end of the underlying connection"));
    }
}
