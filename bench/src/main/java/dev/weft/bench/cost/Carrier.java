package dev.weft.bench.cost;

/** The kind of task that a benchmark runs on. */
public enum Carrier {
    /** Greenlets on one loop. */
    GREENLET,
    /** The JDK's virtual threads; the forks give their scheduler one carrier. */
    VIRTUAL,
    PLATFORM,
    /** Virtual threads on the simplest possible scheduler, a queue: a lower bound for greenlets. */
    BARE;

    Tasks<?> open() {
        return switch (this) {
            case GREENLET -> new GreenletTasks();
            case VIRTUAL -> new ThreadTasks(Thread.ofVirtual().factory());
            case PLATFORM -> new ThreadTasks(Thread.ofPlatform().factory());
            case BARE -> new BareTasks();
        };
    }

    /** Opens the carrier for two cores: two loops, or threads, for which the fork allows two carriers. */
    Tasks<?> openForTwoCores() {
        return this == GREENLET ? new GreenletTasks(2) : open();
    }
}
