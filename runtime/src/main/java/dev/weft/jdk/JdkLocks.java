package dev.weft.jdk;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.AbstractOwnableSynchronizer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Queries the JDK for reports: who holds a lock, which monitor a thread waits for, and whether a thread holds it. The JDK
 * offers that only to its own thread dumps; but {@code java.lang}, which our flag opens, contains the method by which its
 * module opens other packages. Initialised by the first report that asks. If a JDK denies access, the answer is "unknown".
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
        } catch (Throwable missing) { // a different JDK, or access denied
            return null;
        }
    }

    private static Class<?> snapshots() throws ClassNotFoundException {
        return Class.forName("jdk.internal.vm.ThreadSnapshot");
    }

    private static MethodHandle ofSnapshot(String method, MethodType type) throws Throwable {
        return opened(snapshots()).findVirtual(snapshots(), method, type);
    }

    /** Opens the package of {@code type} to this module and returns a lookup for it. */
    private static MethodHandles.Lookup opened(Class<?> type) throws Throwable {
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        MethodHandles.privateLookupIn(Module.class, lookup)
                .findVirtual(
                        Module.class, "implAddOpens", MethodType.methodType(void.class, String.class, Module.class))
                .invoke(type.getModule(), type.getPackageName(), JdkLocks.class.getModule());
        return MethodHandles.privateLookupIn(type, lookup);
    }

    /** Returns the holder of {@code lock}; null if there is none, or if unknown. */
    public static @Nullable Thread owner(AbstractOwnableSynchronizer lock) {
        return (Thread) asked(OWNER, lock);
    }

    /** Returns the object whose monitor {@code thread} is blocked on; null if it is not blocked, or if unknown. */
    public static @Nullable Object awaitedMonitor(Thread thread) {
        Object snapshot = asked(SNAPSHOT, thread);
        return snapshot == null ? null : asked(BLOCKED_ON, snapshot);
    }

    /** Returns whether {@code thread} is known to hold the monitor of {@code object}. */
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

    /** Returns the scheduler of {@code thread}; null if it is not a virtual thread, or if unknown. */
    public static @Nullable Object schedulerOf(Thread thread) {
        return thread.isVirtual() ? asked(SCHEDULER, thread) : null;
    }

    private static @Nullable Object asked(@Nullable MethodHandle question, Object... whom) {
        try {
            return question == null ? null : question.invokeWithArguments(whom);
        } catch (Throwable unknown) { // the thread has moved on and is no longer blocked
            return null;
        }
    }
}
