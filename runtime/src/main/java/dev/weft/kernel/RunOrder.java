package dev.weft.kernel;

/** Which of the ready greenlets runs next. */
@FunctionalInterface
public interface RunOrder {
    /** The one that became ready first. */
    RunOrder FIFO = ready -> 0;

    /** The place in the queue of the next one: 0 to {@code ready - 1}. */
    int pick(int ready);
}
