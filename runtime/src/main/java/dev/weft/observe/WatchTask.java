package dev.weft.observe;

/**
 * Something that is to be done for each group of the JVM while it is open, such as registering a bean. Found by {@link
 * java.util.ServiceLoader}. All methods are called on the thread of the group's watchdog, which a task must not hold up, and none
 * for a group that has no watchdog.
 */
public interface WatchTask {
    /** The group of {@code observer} is open; called about a second after its start. */
    default void opened(Observer observer) {}

    /** Called once a second after {@link #opened}; {@code nowNanos} is the time of the watchdog's clock. */
    default void look(Observer observer, long nowNanos) {}

    /** The group is closed. Called once, if {@link #opened} was. */
    default void closed(Observer observer) {}
}
