package dev.weft;

/**
 * A greenlet yielded where the code does not say so, on a loop that refuses that ({@link ImplicitYields#REFUSED}). The stack
 * trace is that of the place.
 */
public final class ImplicitYield extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** One of {@code greenlet} at {@code place}. */
    public ImplicitYield(String greenlet, StackTraceElement place) {
        super("greenlet " + greenlet + " yielded at " + place + " without a word of it, and its loop refuses that: use"
                + " Weft.await or another wait of Weft there, or off-load the call");
    }
}
