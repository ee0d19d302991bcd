package dev.weft.sight.tool;

import org.jspecify.annotations.Nullable;

/** The tool cannot do what it was asked. The message, all that the user sees, says what happened and what to do about it. */
final class ToolFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ToolFailure(String message) {
        super(message);
    }

    ToolFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
