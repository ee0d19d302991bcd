package dev.weft.http;

/**
 * A failure that is answered with a status of its own: the client's mistakes (4xx), or what the server cannot do (5xx). The
 * message is sent to the client as plain text. Thrown by the server where a request breaks a rule or a limit, and by handlers.
 */
public final class HttpException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The status. */
    private final int status;

    /**
     * Creates a failure.
     *
     * @throws IllegalArgumentException if {@code status} is not an error, from 400 to 599
     */
    public HttpException(int status, String message) {
        super(message);
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("status must be an error, from 400 to 599: " + status);
        }
        this.status = status;
    }

    /** Returns the status, from 400 to 599. */
    public int status() {
        return status;
    }
}
