package dev.weft.diagnostics;

import dev.weft.jdk.Frames;
import dev.weft.jdk.JdkLocks;
import dev.weft.kernel.GreenletTask;
import dev.weft.spi.Owners;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Describes what a greenlet waits for inside the JDK, out of the kernel's sight: the object it is parked on, with its owner,
 * or else the method that was called, and where. Calls no method of a foreign object. Any thread.
 */
public final class JdkWaits {
    private JdkWaits() {}

    /** Describes the wait; empty if the stack shows none, as the greenlet has just resumed. */
    public static String describe(GreenletTask<?> greenlet) {
        Object blocker = LockSupport.getBlocker(greenlet.thread());
        if (blocker == null || blocker instanceof Condition) { // its caller, such as a queue, tells more
            return describe(greenlet.stackTrace(), greenlet);
        }
        Thread owner = blocker instanceof AbstractOwnableSynchronizer lock ? JdkLocks.owner(lock) : null;
        return nameOf(blocker) + (owner == null ? "" : " held by " + nameOfThread(owner));
    }

    /** As {@link #describe}, without a look at the stack: the class of what it is parked on. Cheap. */
    public static String brief(GreenletTask<?> greenlet) {
        Object blocker = LockSupport.getBlocker(greenlet.thread());
        return blocker == null ? "something inside the JDK" : nameOf(blocker);
    }

    /**
     * Returns who could end the wait: the holder of a lock, if that is a greenlet. The holder of a monitor is not known, as the
     * JVM tells only what a thread holds; {@link WaitGraph} asks those that matter.
     */
    public static Owners owners(GreenletTask<?> greenlet) {
        Thread thread = greenlet.thread();
        Object blocker = LockSupport.getBlocker(thread);
        Thread.State state = thread.getState();
        if (state == Thread.State.BLOCKED) {
            return Owners.unknown(Owners.Kind.LOCK, greenlet);
        }
        Thread owner = blocker instanceof AbstractOwnableSynchronizer lock ? JdkLocks.owner(lock) : null;
        if (owner == null) {
            return Owners.outside(Owners.Kind.JDK, blocker == null ? greenlet : blocker);
        }
        return state == Thread.State.WAITING
                        && JdkLocks.schedulerOf(owner) instanceof GreenletTask<?> holder
                        && holder.thread() == owner
                ? Owners.holders(Owners.Kind.LOCK, Objects.requireNonNull(blocker), List.of(holder))
                : Owners.outside(Owners.Kind.LOCK, Objects.requireNonNull(blocker));
    }

    /** Returns the class name of {@code object}; for nested classes of the JDK that of the outermost, as they are internal. */
    private static String nameOf(Object object) {
        if (object instanceof String text) {
            return text;
        }
        String type = Frames.nameOf(object.getClass());
        int inner = type.indexOf('$');
        return type.startsWith("java.") && inner > 0 ? type.substring(0, inner) : type;
    }

    private static String describe(StackTraceElement[] where, GreenletTask<?> greenlet) {
        int place = Frames.indexOf(where);
        if (where.length > 0 && (place == 0 || greenlet.thread().getState() == Thread.State.BLOCKED)) {
            return monitorOf(greenlet.thread()) + ", entered at " + where[0];
        }
        StackTraceElement called = place > 0 ? where[place - 1] : Frames.outermostOfTheJdk(where);
        if (called == null) {
            return "";
        }
        return called.getClassName() + "." + called.getMethodName()
                + (place > 0 ? ", called at " + where[place] : ", spawned at " + greenlet.spawnSite());
    }

    private static String monitorOf(Thread thread) {
        Object monitor = JdkLocks.awaitedMonitor(thread);
        return monitor == null ? "a monitor" : "the monitor of " + identity(monitor);
    }

    /** Returns class and identity, as {@code Object.toString} does; an override might do anything. */
    static String identity(@Nullable Object object) {
        return object == null
                ? "null"
                : Frames.nameOf(object.getClass()) + "@" + Integer.toHexString(System.identityHashCode(object));
    }

    /** Returns the name of {@code thread} for a report. */
    static String nameOfThread(Thread thread) {
        if (JdkLocks.schedulerOf(thread) instanceof GreenletTask<?> greenlet && greenlet.thread() == thread) {
            return "greenlet \"" + greenlet.name() + "\"";
        }
        return thread.getName().isEmpty()
                ? "virtual thread " + thread.threadId()
                : "thread \"" + thread.getName() + "\"";
    }
}
