package dev.weft.io.tls;

import java.io.EOFException;
import javax.net.ssl.SSLException;

/**
 * The connection under a {@link TlsStream} has ended without the peer having said so (its {@code close_notify}): it died, or
 * somebody cut it off. What was read is genuine and may lack its end. Whether that matters is for the protocol above to say:
 * a message that tells its length does not mind.
 */
public final class Truncated extends SSLException {
    private static final long serialVersionUID = 1L;

    Truncated(Object stream) {
        super(
                stream + " ended without close_notify: what was read may be incomplete",
                new EOFException("end of the connection below"));
    }
}
