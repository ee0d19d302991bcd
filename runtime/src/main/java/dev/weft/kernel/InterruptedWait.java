package dev.weft.kernel;

import dev.weft.jdk.Frames;

/** Where a greenlet waited, in code that knows nothing of Weft, when it was interrupted because it had been cancelled. */
final class InterruptedWait {
    private final StackTraceElement[] stack;

    InterruptedWait(StackTraceElement[] stack) {
        this.stack = stack;
    }

    /**
     * Whether {@code failure} was thrown by this wait and not by a later one, which the same interrupt may have ended too:
     * the same calls lead to both, except inside the JDK and within the method that throws.
     */
    boolean hasThrown(Throwable failure) {
        StackTraceElement[] thrown = failure.getStackTrace();
        int common = commonCalls(thrown);
        int more = thrown.length - common;
        if (more == 1 && common < stack.length && isSameMethod(thrown[0], stack[stack.length - 1 - common])) {
            return true;
        }
        for (int i = 0; i < more; i++) {
            if (!Frames.isInside(thrown[i])) {
                return false;
            }
        }
        return common > 0;
    }

    /** How many calls, from the outermost on, are the same. */
    private int commonCalls(StackTraceElement[] thrown) {
        int common = 0;
        while (common < Math.min(stack.length, thrown.length)
                && stack[stack.length - 1 - common].equals(thrown[thrown.length - 1 - common])) {
            common++;
        }
        return common;
    }

    private static boolean isSameMethod(StackTraceElement one, StackTraceElement other) {
        return one.getClassName().equals(other.getClassName())
                && one.getMethodName().equals(other.getMethodName());
    }
}
