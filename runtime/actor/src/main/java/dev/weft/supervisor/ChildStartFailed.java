package dev.weft.supervisor;

/** Thrown to those who start a supervisor or a child if a child could not be started; its cause is what the child threw. */
public final class ChildStartFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ChildStartFailed(String child, Throwable cause) {
        super("child " + child + " could not be started", cause);
    }
}
