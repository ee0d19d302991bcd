package dev.weft.scheduler;

/** Decides which of the ready tasks runs next. */
@FunctionalInterface
public interface RunOrder {
    /** First in, first out. */
    RunOrder FIFO = new Fifo();

    /** Returns the position in the queue of the next task: 0 to {@code ready - 1}. */
    int pick(int ready);

    /** The order of all loops except in tests. */
    final class Fifo implements RunOrder {
        @Override
        public int pick(int ready) {
            return 0;
        }
    }
}
