package dev.weft.jdk;

import java.util.Optional;
import jdk.internal.vm.Continuation;
import jdk.internal.vm.ContinuationScope;
import org.jspecify.annotations.Nullable;

/**
 * The one place that is written against the JDK's continuations: the stack of a coroutine, which can be set aside and
 * brought back. Needs {@code --add-exports java.base/jdk.internal.vm}; see {@link ContinuationFlag}.
 *
 * <p>Each has a scope of its own, so that a body can suspend a coroutine further out than its own, and everything between
 * goes with it. A greenlet that waits inside sets it aside in the same way.
 */
public final class CoroutineStack extends Continuation {
    private final ThinLocks locks = new ThinLocks();
    private @Nullable Pinned pinned; // why the last suspension on it failed

    private final EntryFrame entry;

    /** A stack on which {@code body} will run, from the first {@link #run} on; its outermost frame of ours is {@code entry}. */
    public CoroutineStack(Runnable body, EntryFrame entry) {
        super(new ContinuationScope("coroutine"), body);
        this.entry = entry;
    }

    /**
     * Returns from {@link #run}; comes back with the next one.
     *
     * @throws IllegalStateException if a frame that cannot be set aside is in between, or if this stack is not the caller's
     */
    public void suspend() {
        locks.inflate();
        boolean suspended;
        try {
            suspended = Continuation.yield(getScope());
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    "only its running body may emit, and it is set aside with the one around it", e);
        }
        if (!suspended) {
            throw new IllegalStateException(
                    "cannot emit here: " + culprit()
                            + " is on the stack below, and cannot be set aside; collect the values there, and emit them outside");
        }
    }

    /**
     * Called when any suspension fails on this stack, a greenlet's park among them: that one goes on to park its thread, and
     * must not be thrown at. Our own is reported by {@link #suspend}.
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
            return "a held monitor"; // with lock modes other than the default one
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
