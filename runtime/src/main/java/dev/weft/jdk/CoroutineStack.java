package dev.weft.jdk;

import java.util.Optional;
import jdk.internal.vm.Continuation;
import jdk.internal.vm.ContinuationScope;
import org.jspecify.annotations.Nullable;

/**
 * The stack of a coroutine, which can be suspended and resumed. The only class that uses the JDK's continuations. Needs {@code
 * --add-exports java.base/jdk.internal.vm}; see {@link ContinuationFlag}.
 *
 * <p>Each stack has its own continuation scope, so a body can suspend a coroutine further out than its own, together with
 * everything between. A greenlet that waits inside a coroutine is suspended in the same way.
 */
public final class CoroutineStack extends Continuation {
    private final ThinLocks locks = new ThinLocks();
    private final EntryFrame entry;
    private @Nullable Pinned pinned; // why the last suspension on it failed

    /** Creates a stack that runs {@code body} on the first {@link #run}; {@code entry} is its outermost frame of Weft's. */
    public CoroutineStack(Runnable body, EntryFrame entry) {
        super(new ContinuationScope("coroutine"), body);
        this.entry = entry;
    }

    /**
     * Suspends this stack, which makes {@link #run} return; resumes on the next call of that.
     *
     * @throws IllegalStateException if a frame between pins the stack, or if this stack is not the caller's
     */
    public void suspend() {
        locks.inflate();
        boolean suspended;
        try {
            suspended = Continuation.yield(getScope());
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    "only its running body may emit, but it is suspended together with the one around it", e);
        }
        if (!suspended) {
            throw new IllegalStateException("cannot emit here: " + culprit()
                    + " is on the stack and cannot be suspended; collect the values there and emit them outside");
        }
    }

    /**
     * Called when any suspension of this stack fails, including the park of a greenlet. That goes on to park its thread, so
     * nothing must be thrown here. A failure of our own suspension is reported by {@link #suspend}.
     */
    @Override
    protected void onPinned(Pinned reason) {
        pinned = reason;
    }

    private String culprit() {
        return StackWalker.getInstance()
                .walk(frames -> frames.takeWhile(frame -> !entry.is(frame))
                        .map(CoroutineStack::pins)
                        .flatMap(Optional::stream)
                        .findFirst())
                .orElse(unseen());
    }

    private String unseen() {
        if (pinned == Pinned.MONITOR) {
            return "a held monitor"; // only in lock modes other than the default
        }
        return pinned == Pinned.CRITICAL_SECTION ? "a critical section of the JDK" : "a native frame";
    }

    private static Optional<String> pins(StackWalker.StackFrame frame) {
        if (frame.getMethodName().equals("<clinit>")) {
            return Optional.of("the initialiser of class " + frame.getClassName());
        }
        return frame.isNativeMethod()
                ? Optional.of("the native method " + frame.getClassName() + "." + frame.getMethodName())
                : Optional.empty();
    }
}
