package dev.weft;

/**
 * Thrown when a greenlet yielded implicitly on a loop that refuses it ({@link ImplicitYields#REFUSED}). The stack trace is
 * that of the yield.
 */
public final class ImplicitYield extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** Creates an exception for {@code greenlet}, which yielded at {@code place}. */
    public ImplicitYield(String greenlet, StackTraceElement place) {
        super("greenlet " + greenlet + " yielded implicitly at " + place + ", which its loop refuses; use Weft.await or"
                + " another of Weft's waits there, or off-load the call");
    }
}
