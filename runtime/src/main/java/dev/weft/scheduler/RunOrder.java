package dev.weft.scheduler;

/** Which of the ready tasks runs next. */
@FunctionalInterface
public interface RunOrder {
    /** The one that became ready first. */
    RunOrder FIFO = new Fifo();

    /** The place in the queue of the next one: 0 to {@code ready - 1}. */
    int pick(int ready);

    /** The order of a loop that is not a test's. */
    final class Fifo implements RunOrder {
        @Override
        public int pick(int ready) {
            return 0;
        }
    }
}
