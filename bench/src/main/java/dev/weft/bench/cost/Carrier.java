package dev.weft.bench.cost;

/** What runs the tasks of a benchmark. */
public enum Carrier {
    /** Greenlets on one loop. */
    GREENLET,
    /** The JDK's virtual threads; the forks give their scheduler one carrier. */
    VIRTUAL,
    PLATFORM,
    /** Virtual threads on the most trivial scheduler, a queue of its own: what greenlets cannot go below. */
    BARE;

    Tasks<?> open() {
        return switch (this) {
            case GREENLET -> new GreenletTasks();
            case VIRTUAL -> new ThreadTasks(Thread.ofVirtual().factory());
            case PLATFORM -> new ThreadTasks(Thread.ofPlatform().factory());
            case BARE -> new BareTasks();
        };
    }
}
