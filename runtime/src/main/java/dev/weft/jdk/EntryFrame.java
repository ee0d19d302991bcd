package dev.weft.jdk;

/** The frame at which the body of a coroutine begins: {@code methodName} of {@code className}. */
public record EntryFrame(String className, String methodName) {
    boolean is(StackWalker.StackFrame frame) {
        return frame.getMethodName().equals(methodName) && frame.getClassName().equals(className);
    }

    boolean is(StackTraceElement frame) {
        return frame.getMethodName().equals(methodName) && frame.getClassName().equals(className);
    }
}
