package dev.weft.kernel;

import dev.weft.jdk.Frames;

/** The place inside code unaware of Weft where a cancelled greenlet was interrupted. */
final class InterruptedWait {
    private final StackTraceElement[] stack;

    InterruptedWait(StackTraceElement[] stack) {
        this.stack = stack;
    }

    /**
     * Returns whether {@code failure} was thrown by this wait and not by a later one, which the same interrupt may have ended
     * too: the calls leading to both are the same, except inside the JDK and within the throwing method.
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

    /** Returns how many calls are the same, counted from the outermost. */
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
