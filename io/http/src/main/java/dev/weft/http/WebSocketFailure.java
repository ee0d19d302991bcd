package dev.weft.http;

import java.net.ProtocolException;

/** A violation of the protocol or of a limit by the peer, with the status code that tells it so (RFC 6455, section 7.4.1). */
final class WebSocketFailure extends ProtocolException {
    static final int PROTOCOL_ERROR = 1002;
    static final int INVALID_DATA = 1007;
    static final int TOO_BIG = 1009;

    private static final long serialVersionUID = 1;

    /** The status code. */
    private final int code;

    /** What is wrong. */
    private final String reason;

    WebSocketFailure(int code, String reason) {
        super(reason);
        this.code = code;
        this.reason = reason;
    }

    int code() {
        return code;
    }

    String reason() {
        return reason;
    }
}
