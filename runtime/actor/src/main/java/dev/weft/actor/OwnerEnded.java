package dev.weft.actor;

import org.jspecify.annotations.Nullable;

/**
 * Thrown by requests to an {@link Owner} that has ended, or that ends before it has answered. The message names the owner and
 * tells how it ended; the cause is what ended it, if it has failed or was killed.
 */
public final class OwnerEnded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String owner;
    private final String how;

    OwnerEnded(String owner, String how, @Nullable Throwable cause) {
        super(null, cause);
        this.owner = owner;
        this.how = how;
    }

    /** Returns the name of the owner. */
    public String owner() {
        return owner;
    }

    /** Made when it is asked for, as the description of the cause may be users' code. */
    @Override
    public String getMessage() {
        return "owner \"" + owner + "\" " + how + (getCause() == null ? "" : ": " + getCause());
    }
}
