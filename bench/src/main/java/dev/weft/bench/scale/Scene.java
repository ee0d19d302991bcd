package dev.weft.bench.scale;

import java.time.Duration;
import java.util.function.Function;

/** What is measured at rest. */
public enum Scene {
    PARKED("a greenlet that receives from a channel", rest -> new ParkedGreenlets()),
    PARKED_VIRTUAL("a virtual thread that takes from a queue", rest -> new ParkedVirtualThreads()),
    SLEEPING("a greenlet that sleeps", SleepingGreenlets::new),
    SLEEPING_VIRTUAL("a virtual thread that sleeps", SleepingVirtualThreads::new),
    TIMERS("a timer of a loop, with no greenlet", LoopTimers::new),
    TIMERS_JDK("a task of a ScheduledThreadPoolExecutor", ScheduledTasks::new),
    CONNECTIONS("an idle connection with its greenlet, buffers aside", rest -> new IdleConnections());

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // a constructor
    private final Function<Duration, Crowd> crowd;

    Scene(String label, Function<Duration, Crowd> crowd) {
        this.label = label;
        this.crowd = crowd;
    }

    /** One of them, in words. */
    String label() {
        return label;
    }

    /**
     * Opens it.
     *
     * @param rest how long those rest that end by themselves
     */
    Crowd open(Duration rest) {
        return crowd.apply(rest);
    }
}
