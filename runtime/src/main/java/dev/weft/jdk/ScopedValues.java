package dev.weft.jdk;

import dev.weft.spi.Sneaky;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Transfers the bindings of {@link ScopedValue}s from one thread to another, which the JDK does only for the forks of a
 * structured scope. They are immutable, so this is sound; the caller must ensure that the bindings should still apply. Needs
 * the same flag as {@link VirtualThreads}.
 */
public final class ScopedValues {
    private static final VarHandle OF_THREAD;
    private static final MethodHandle CAPTURE;
    private static final MethodHandle GET;
    private static final MethodHandle SET;
    private static final MethodHandle SET_CACHE;
    private static final Object NONE;

    static {
        try {
            MethodHandles.Lookup thread = MethodHandles.privateLookupIn(Thread.class, MethodHandles.lookup());
            OF_THREAD = thread.findVarHandle(Thread.class, "scopedValueBindings", Object.class);
            GET = thread.findStatic(Thread.class, "scopedValueBindings", MethodType.methodType(Object.class));
            SET = thread.findStatic(
                    Thread.class, "setScopedValueBindings", MethodType.methodType(void.class, Object.class));
            SET_CACHE = thread.findStatic(
                    Thread.class, "setScopedValueCache", MethodType.methodType(void.class, Object[].class));
            Class<?> snapshot = Class.forName("java.lang.ScopedValue$Snapshot");
            MethodHandles.Lookup values = MethodHandles.privateLookupIn(ScopedValue.class, MethodHandles.lookup());
            CAPTURE = values.findStatic(ScopedValue.class, "scopedValueBindings", MethodType.methodType(snapshot))
                    .asType(MethodType.methodType(Object.class));
            NONE = MethodHandles.privateLookupIn(snapshot, MethodHandles.lookup())
                    .findStaticVarHandle(snapshot, "EMPTY_SNAPSHOT", snapshot)
                    .get();
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private ScopedValues() {}

    /** Returns the bindings of the calling thread; null if there are none. */
    public static @Nullable Object capture() {
        try {
            Object bindings = (Object) CAPTURE.invokeExact();
            return bindings == NONE ? null : bindings;
        } catch (Throwable t) {
            throw Sneaky.rethrow(t);
        }
    }

    /** Gives {@code bindings} to {@code thread}, which must not have been started. */
    public static void inherit(Thread thread, @Nullable Object bindings) {
        if (bindings != null) {
            OF_THREAD.set(thread, bindings);
        }
    }

    /** Calls {@code body} with {@code bindings} in place of the calling thread's own. */
    public static <T extends @Nullable Object> T callWith(@Nullable Object bindings, Callable<T> body)
            throws Exception {
        Object before = get();
        set(bindings == null ? NONE : bindings);
        try {
            return body.call();
        } finally {
            set(before);
        }
    }

    private static @Nullable Object get() {
        try {
            return (Object) GET.invokeExact();
        } catch (Throwable t) {
            throw Sneaky.rethrow(t);
        }
    }

    private static void set(@Nullable Object bindings) {
        try {
            SET.invokeExact(bindings);
            SET_CACHE.invokeExact((Object[]) null);
        } catch (Throwable t) {
            throw Sneaky.rethrow(t);
        }
    }
}
