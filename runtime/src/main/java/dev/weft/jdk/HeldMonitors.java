package dev.weft.jdk;

import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The debug check {@code -Ddev.weft.generator.checkMonitors=true}: finds, at each emit, the monitors that the body holds
 * there. It asks the JVM which monitors the thread has locked in which frame, a feature meant for the JDK's thread dumps
 * only; so it also needs {@code --add-opens java.base/jdk.internal.vm}, and costs some 10 µs per emit.
 */
public final class HeldMonitors {
    public static final boolean CHECKED = Boolean.getBoolean("dev.weft.generator.checkMonitors");

    private HeldMonitors() {}

    /** Throws if a frame of the calling body, up to {@code entry}, holds a monitor. */
    public static void refuse(EntryFrame entry) {
        try {
            Class<?> type = Class.forName("jdk.internal.vm.ThreadSnapshot");
            Object snapshot =
                    Objects.requireNonNull(method(type, "of", Thread.class).invoke(null, Thread.currentThread()));
            StackTraceElement[] frames = Objects.requireNonNull(
                    (StackTraceElement[]) method(type, "stackTrace").invoke(snapshot));
            Method monitors = method(type, "ownedMonitorsAt", int.class);
            for (int depth = 0; depth < frames.length && !entry.is(frames[depth]); depth++) {
                Stream<?> held = Objects.requireNonNull((Stream<?>) monitors.invoke(snapshot, depth));
                refuse(held, frames[depth]);
            }
        } catch (InaccessibleObjectException e) {
            throw ContinuationFlag.missing("Checks for monitors in generators", "opens", e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this JVM cannot check for monitors: " + Runtime.version(), e);
        }
    }

    private static void refuse(Stream<?> held, StackTraceElement frame) {
        held.filter(Objects::nonNull).findFirst().ifPresent(monitor -> {
            throw new IllegalStateException(
                    "the monitor of a " + monitor.getClass().getName() + " is held across an emit, in " + frame
                            + "; other code on this thread could enter it too: leave it before the emit");
        });
    }

    private static Method method(Class<?> type, String name, Class<?>... parameters) throws NoSuchMethodException {
        Method method = type.getDeclaredMethod(name, parameters);
        method.setAccessible(true);
        return method;
    }
}
