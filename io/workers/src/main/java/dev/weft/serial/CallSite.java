package dev.weft.serial;

import java.util.Arrays;

/**
 * The place where a call to another JVM was made. It is added to the call's failure as a suppressed exception whose stack
 * trace is that place, so that a printed trace shows both sides.
 */
public final class CallSite extends Exception {
    private static final long serialVersionUID = 1L;

    private CallSite(String call) {
        super(call + " was called here", null, false, true);
    }

    /** Returns the place of the caller of this method, with its whole stack. Costs a stack walk, a few microseconds. */
    public static CallSite of(String call) {
        return new CallSite(call);
    }

    /** Adds this place to {@code failure}, unless that does not record suppressed exceptions, and returns it. */
    public Throwable addTo(Throwable failure) {
        StackTraceElement[] frames = getStackTrace();
        setStackTrace(
                Arrays.copyOfRange(frames, Math.min(1, frames.length), frames.length)); // the first is this class's
        failure.addSuppressed(this);
        return failure;
    }
}
