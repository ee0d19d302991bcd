package dev.weft.io.selector;

import dev.weft.Loop;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A loop-local variable: each loop has its own value, created on first use. Like a {@link ThreadLocal}, it is usually a static
 * constant. Values are confined to their loops' threads. {@link #get} costs an array access.
 */
public final class LoopLocal<T> {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final int index = COUNT.getAndIncrement();
    private final Supplier<? extends T> initial;

    private LoopLocal(Supplier<? extends T> initial) {
        this.initial = initial;
    }

    /** Creates a loop-local variable whose values are created by {@code initial}. */
    public static <T> LoopLocal<T> withInitial(Supplier<? extends T> initial) {
        return new LoopLocal<>(initial);
    }

    /**
     * Returns the value of {@code loop}. Must be called on the loop's thread.
     *
     * @throws IllegalStateException if the loop has no selector
     */
    public T get(Loop loop) {
        return SelectorPoller.of(loop).local(this);
    }

    int index() {
        return index;
    }

    T makeInitial() {
        return initial.get();
    }
}
