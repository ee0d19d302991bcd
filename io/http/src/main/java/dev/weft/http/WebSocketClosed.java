package dev.weft.http;

import java.io.IOException;

/** Thrown by operations on a {@link WebSocket} that has been closed in an orderly way, by either side. */
public final class WebSocketClosed extends IOException {
    /** The code for a close frame without one (RFC 6455, section 7.1.5). */
    static final int NO_CODE = 1005;

    private static final long serialVersionUID = 1;

    /** The status code. */
    private final int code;

    /** The reason that was given. */
    private final String reason;

    WebSocketClosed(int code, String reason) {
        super("the WebSocket has been closed with code " + code + (reason.isEmpty() ? "" : ": " + reason));
        this.code = code;
        this.reason = reason;
    }

    /** Returns the status code of the first close frame (RFC 6455, section 7.4); 1005 if it had none. */
    public int code() {
        return code;
    }

    /** Returns the reason of the first close frame; empty if it had none. */
    public String reason() {
        return reason;
    }
}
