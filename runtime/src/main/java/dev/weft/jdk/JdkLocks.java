package dev.weft.jdk;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Looks into the JDK for reports: who holds a lock, which monitor a thread wants, and whether a thread holds it. The JDK
 * shows that to nobody but its own thread dumps; but {@code java.lang}, which our flag opens, has the method by which its
 * module opens other packages. Set up by the first report that asks. Where a JDK does not let us in, the answer is "unknown".
 * Any thread; costs some microseconds.
 */
public final class JdkLocks {
    private static final @Nullable MethodHandle OWNER;
    private static final @Nullable MethodHandle SCHEDULER;
    private static final @Nullable MethodHandle SNAPSHOT;
    private static final @Nullable MethodHandle BLOCKED_ON;
    private static final @Nullable MethodHandle OWNED_AT;
    private static final @Nullable MethodHandle STACK;

    static {
        OWNER = found(() -> {
            Class<?> type = AbstractOwnableSynchronizer.class;
            return opened(type).findVirtual(type, "getExclusiveOwnerThread", MethodType.methodType(Thread.class));
        });
        SCHEDULER = found(() -> {
            Class<?> type = Class.forName("java.lang.VirtualThread");
            return opened(type).findGetter(type, "scheduler", Executor.class);
        });
        SNAPSHOT = found(() -> {
            Class<?> type = snapshots();
            return opened(type).findStatic(type, "of", MethodType.methodType(type, Thread.class));
        });
        BLOCKED_ON = found(() -> ofSnapshot("blockedOn", MethodType.methodType(Object.class)));
        OWNED_AT = found(() -> ofSnapshot("ownedMonitorsAt", MethodType.methodType(Stream.class, int.class)));
        STACK = found(() -> ofSnapshot("stackTrace", MethodType.methodType(StackTraceElement[].class)));
    }

    private JdkLocks() {}

    private interface Lookup {
        MethodHandle find() throws Throwable;
    }

    private static @Nullable MethodHandle found(Lookup lookup) {
        try {
            return lookup.find();
        } catch (Throwable missing) { // another JDK, or one that is closed to us
            return null;
        }
    }

    private static Class<?> snapshots() throws ClassNotFoundException {
        return Class.forName("jdk.internal.vm.ThreadSnapshot");
    }

    private static MethodHandle ofSnapshot(String method, MethodType type) throws Throwable {
        return opened(snapshots()).findVirtual(snapshots(), method, type);
    }

    /** Opens the package of {@code type} to us, and looks into it. */
    private static MethodHandles.Lookup opened(Class<?> type) throws Throwable {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        MethodHandles.privateLookupIn(Module.class, lookup)
                .findVirtual(
                        Module.class, "implAddOpens", MethodType.methodType(void.class, String.class, Module.class))
                .invoke(type.getModule(), type.getPackageName(), JdkLocks.class.getModule());
        return MethodHandles.privateLookupIn(type, lookup);
    }

    /** Who holds {@code lock}; null if nobody does, or it is not known. */
    public static @Nullable Thread owner(AbstractOwnableSynchronizer lock) {
        return (Thread) asked(OWNER, lock);
    }

    /** The object whose monitor {@code thread} is blocked on; null if it is not, or it is not known. */
    public static @Nullable Object awaitedMonitor(Thread thread) {
        Object snapshot = asked(SNAPSHOT, thread);
        return snapshot == null ? null : asked(BLOCKED_ON, snapshot);
    }

    /** Whether {@code thread} is known to hold the monitor of {@code object}. */
    public static boolean holds(Thread thread, Object object) {
        Object snapshot = asked(SNAPSHOT, thread);
        if (snapshot == null || !(asked(STACK, snapshot) instanceof StackTraceElement[] frames)) {
            return false;
        }
        for (int depth = 0; depth < frames.length; depth++) {
            if (asked(OWNED_AT, snapshot, depth) instanceof Stream<?> held && held.anyMatch(each -> each == object)) {
                return true;
            }
        }
        return false;
    }

    /** The scheduler of {@code thread}; null if it is no virtual thread, or it is not known. */
    public static @Nullable Object schedulerOf(Thread thread) {
        return thread.isVirtual() ? asked(SCHEDULER, thread) : null;
    }

    private static @Nullable Object asked(@Nullable MethodHandle question, Object... whom) {
        try {
            return question == null ? null : question.invokeWithArguments(whom);
        } catch (Throwable unknown) { // the thread has gone on meanwhile, and is not blocked any more
            return null;
        }
    }
}
