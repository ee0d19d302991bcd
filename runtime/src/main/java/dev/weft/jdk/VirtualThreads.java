package dev.weft.jdk;

import dev.weft.MissingFlag;
import dev.weft.spi.Sneaky;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Access to the JDK's scheduling of virtual threads: custom schedulers and carrier threads. Needs {@code --add-opens
 * java.base/java.lang}.
 */
public final class VirtualThreads {
    private static final @Nullable MethodHandle NEW_THREAD;
    private static final @Nullable MethodHandle CARRIER;
    private static final @Nullable MethodHandle JDK_SCHEDULER;
    private static final @Nullable VarHandle INTERRUPTED;
    private static final @Nullable VarHandle NAME;
    private static final @Nullable Throwable MISSING;
    private static final @Nullable UnsupportedOperationException REFUSED;

    static {
        MethodHandle newThread = null;
        MethodHandle carrier = null;
        MethodHandle jdkScheduler = null;
        VarHandle interrupted = null;
        VarHandle name = null;
        Throwable missing = null;
        try {
            Class<?> builders = Class.forName("java.lang.ThreadBuilders");
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            newThread = MethodHandles.privateLookupIn(builders, lookup)
                    .findStatic(
                            builders,
                            "newVirtualThread",
                            MethodType.methodType(
                                    Thread.class, Executor.class, String.class, int.class, Runnable.class));
            name = MethodHandles.privateLookupIn(Thread.class, lookup)
                    .findVarHandle(Thread.class, "name", String.class);
            carrier = MethodHandles.privateLookupIn(Thread.class, lookup)
                    .findStatic(Thread.class, "currentCarrierThread", MethodType.methodType(Thread.class));
            interrupted = MethodHandles.privateLookupIn(Thread.class, lookup)
                    .findVarHandle(Thread.class, "interrupted", boolean.class);
            Class<?> virtualThread = Class.forName("java.lang.VirtualThread");
            jdkScheduler = MethodHandles.privateLookupIn(virtualThread, lookup)
                    .findStatic(virtualThread, "defaultScheduler", MethodType.methodType(Executor.class));
        } catch (ReflectiveOperationException | RuntimeException e) {
            missing = e;
        }
        NEW_THREAD = newThread;
        CARRIER = carrier;
        JDK_SCHEDULER = jdkScheduler;
        INTERRUPTED = interrupted;
        NAME = name;
        MISSING = missing;
        REFUSED = missing == null ? refusal() : null;
    }

    private VirtualThreads() {}

    /** Returns the JDK's exception for a custom scheduler if it has no continuations; null if it has. */
    private static @Nullable UnsupportedOperationException refusal() {
        try {
            Unused unused = new Unused();
            create(unused, null, unused);
            return null;
        } catch (UnsupportedOperationException e) {
            return e;
        }
    }

    /** Scheduler and body of a thread that never starts. A class, as a lambda would delay the first greenlet by 1 ms. */
    private static final class Unused implements Executor, Runnable {
        @Override
        public void execute(Runnable continuation) {}

        @Override
        public void run() {}
    }

    /**
     * Throws an exception that names the remedy, if this JVM denies access or has no continuations.
     *
     * @throws MissingFlag if it denies access
     * @throws UnsupportedOperationException if it has no continuations
     */
    public static void require() {
        requireAccess();
        if (REFUSED != null) {
            throw new UnsupportedOperationException(
                    "Weft needs the JVM's continuations, but this JVM has none: " + System.getProperty("java.vm.name")
                            + " " + Runtime.version() + " on " + System.getProperty("os.name") + ", "
                            + System.getProperty("os.arch") + ".\n"
                            + "If it was started with -XX:-VMContinuations, remove that option (it may also come from"
                            + " JAVA_TOOL_OPTIONS, JDK_JAVA_OPTIONS or an argument file).\n"
                            + "Otherwise the JDK does not support them on this system: use HotSpot JDK 25 on 64-bit x86 or ARM.",
                    REFUSED);
        }
    }

    private static void requireAccess() {
        if (MISSING != null) {
            Module module = VirtualThreads.class.getModule();
            String flag = "--add-opens java.base/java.lang=" + (module.isNamed() ? module.getName() : "ALL-UNNAMED");
            throw new MissingFlag(
                    "Weft schedules virtual threads itself and needs the flag " + flag + " (Java 25 or newer; this is "
                            + Runtime.version() + ").\n"
                            + "Pass it to java on the command line or, for java -jar, add \"Add-Opens: java.base/java.lang\""
                            + " to the jar's manifest.\n"
                            + "Tests: <argLine>" + flag + "</argLine> in Surefire, @Fork(jvmArgsAppend = {\""
                            + flag.replace(" ", "\", \"") + "\"}) in JMH.",
                    MISSING);
        }
    }

    /** Returns whether this JVM gives access. If not, there are no greenlets. */
    public static boolean areOpen() {
        return MISSING == null;
    }

    /** Creates a thread, not started, that runs on {@code scheduler}; without a name if {@code name} is null. */
    public static Thread create(Executor scheduler, @Nullable String name, Runnable body) {
        try {
            return (Thread) handle(NEW_THREAD).invokeExact(scheduler, name, 0, body);
        } catch (Throwable t) {
            throw Sneaky.rethrow(t);
        }
    }

    /** As {@link #create}, but a thread without a name is named after its ID, so that log lines can be told apart. */
    public static Thread createNamed(Executor scheduler, @Nullable String name, Runnable body) {
        Thread thread = create(scheduler, name, body);
        if (name == null && NAME != null) {
            NAME.set(thread, nameOf(thread)); // setName would take the thread's monitor
        }
        return thread;
    }

    /** Returns the name of a greenlet's thread, or one made from its ID. */
    public static String nameOf(Thread thread) {
        String name = thread.getName();
        return name.isEmpty() ? "greenlet-" + thread.threadId() : name;
    }

    /** Returns the platform thread that runs the caller, which carries the virtual thread, if any. */
    public static Thread carrier() {
        try {
            return (Thread) handle(CARRIER).invokeExact();
        } catch (Throwable t) {
            throw Sneaky.rethrow(t);
        }
    }

    /** Clears the interrupt of {@code thread}, which runs on {@code carrier}; returns false if there is none. */
    public static boolean clearInterrupt(Thread thread, Thread carrier) {
        VarHandle interrupted = Objects.requireNonNull(INTERRUPTED);
        boolean taken = interrupted.compareAndSet(thread, true, false);
        if (taken) {
            interrupted.compareAndSet(carrier, true, false); // the copy that native code sees
        }
        return taken;
    }

    /** Returns the JDK's default scheduler of virtual threads. */
    public static Executor jdkScheduler() {
        try {
            return (Executor) handle(JDK_SCHEDULER).invokeExact();
        } catch (Throwable t) {
            throw Sneaky.rethrow(t);
        }
    }

    /** Returns the virtual thread of {@code continuation}, which was submitted to a scheduler. */
    public static Thread threadOf(Runnable continuation) {
        try {
            for (Field field : continuation.getClass().getDeclaredFields()) {
                field.setAccessible(true);
                if (field.get(continuation) instanceof Thread thread) {
                    return thread;
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot tell the thread of " + continuation, e);
        }
        throw new IllegalStateException("no thread in " + continuation + ": "
                + Arrays.toString(continuation.getClass().getDeclaredFields()));
    }

    private static MethodHandle handle(@Nullable MethodHandle handle) {
        if (handle == null) {
            requireAccess();
            throw new AssertionError(MISSING);
        }
        return handle;
    }
}
