package dev.weft.io.selector;

import dev.weft.Loop;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * A value of which each loop has its own, made when it is first asked for. A constant of the class that uses it, as a {@link
 * ThreadLocal} is. The values belong to their loops' threads; {@link #get} costs an array access.
 */
public final class LoopLocal<T> {
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final int index = COUNT.getAndIncrement();
    private final Supplier<? extends T> initial;

    private LoopLocal(Supplier<? extends T> initial) {
        this.initial = initial;
    }

    /** One whose values are made by {@code initial}. */
    public static <T> LoopLocal<T> withInitial(Supplier<? extends T> initial) {
        return new LoopLocal<>(initial);
    }

    /**
     * The value of {@code loop}. On the loop's thread.
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
