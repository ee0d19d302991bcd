package dev.weft.supervisor;

import org.jspecify.annotations.Nullable;

/**
 * The failure of a supervisor that has given up, as its children were to be restarted more often than its intensity allows. Its
 * cause is what the last of them failed with. (In OTP the reason is {@code shutdown}, by which a transient supervisor is not
 * restarted; here it is.)
 */
public final class RestartsExceeded extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RestartsExceeded(String child, RestartIntensity intensity, @Nullable Throwable cause) {
        super("more than " + intensity + ", the last one of child " + child, cause);
    }
}
