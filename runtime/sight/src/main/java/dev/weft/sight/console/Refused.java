package dev.weft.sight.console;

import java.io.Serial;

/** A request that is answered with a status and a reason in words. */
final class Refused extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final int status;

    Refused(int status, String reason) {
        super(reason);
        this.status = status;
    }

    int status() {
        return status;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
