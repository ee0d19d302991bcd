package dev.weft.flow;

import dev.weft.Loop;
import java.util.Arrays;

/**
 * What a component runs on. The component is the same on each; only what it may do without holding up others differs.
 *
 * <ul>
 *   <li>{@link #greenlet()}: waits on Weft, the JDK's locks and sockets are free; computing holds up the loop.
 *   <li>{@link #on}: the same, on another loop of the group, in parallel.
 *   <li>{@link #thread()}: may compute, and call code that blocks its thread.
 *   <li>{@link #process}: shares no memory, and may crash alone.
 * </ul>
 */
public abstract sealed class Carrier permits OnGreenlet, OnLoop, OnProcess, OnThread {
    Carrier() {}

    /** A greenlet of the loop on which the graph is started. */
    public static Carrier greenlet() {
        return OnGreenlet.INSTANCE;
    }

    /** A greenlet of {@code loop}; so are all components inside it that are not placed elsewhere. */
    public static Carrier on(Loop loop) {
        return new OnLoop(loop);
    }

    /**
     * A platform thread of its own, a daemon with the component's name, which ends with the component. A kill interrupts it, and
     * waits until it has ended. For components that contain no others.
     */
    public static Carrier thread() {
        return OnThread.INSTANCE;
    }

    /**
     * A worker JVM of its own, which ends with the component; see {@link dev.weft.workers.Workers}. The component runs there in a
     * greenlet, as a copy: its class is {@link java.io.Serializable}, and the fields that it needs, except boxes, are, too. Values
     * are copied, and up to 16 of each box are on their way in addition to those in the box. A kill interrupts
     * it, and ends the JVM if that does not help. If the JVM dies, the component fails with {@link
     * dev.weft.workers.WorkerDied}; a failure there arrives here whole. For components that contain no others.
     *
     * <p>The first value arrives when the JVM has started, after some tenths of a second; each then costs its copying and two
     * messages over a socket.
     *
     * @param types classes of values: objects of their packages may travel, besides those of the component's package and the values,
     *     collections and exceptions of the JDK
     */
    public static Carrier process(Class<?>... types) {
        return new OnProcess(Arrays.stream(types).map(Class::getPackageName).toList());
    }

    /** Returns the loop for the boxes of a component, given that of the component around it. */
    Loop home(Loop outer) {
        return outer;
    }

    static void requireNoChildren(Component component, String place) {
        if (!component.children.isEmpty()) {
            throw new IllegalArgumentException(component.name() + " contains other components, and cannot run on "
                    + place + "; put " + component.children.get(0).component().name() + " there instead");
        }
    }

    /** Runs {@code component}, with what it contains, until it has ended. In a greenlet of the component around it. */
    abstract void carry(Component component) throws Exception;
}
