package dev.weft.tasks;

/** Thrown by a {@link TaskInterpreter} for a line that it could not execute. The message says why, and has the line. */
public final class CommandFailed extends Exception {
    private static final long serialVersionUID = 1L;

    CommandFailed(String line, RuntimeException cause) {
        super(line + ": " + cause.getMessage(), cause);
    }
}
