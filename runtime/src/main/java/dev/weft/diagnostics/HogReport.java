package dev.weft.diagnostics;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.jdk.Frames;
import dev.weft.jdk.JdkLocks;
import dev.weft.kernel.ActionBody;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.spi.Holding;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A report about what holds a loop: a line that tells what, for how long and how; its stack; where it was spawned; and what can
 * be done about it.
 */
final class HogReport {
    private static final int MOST_ASKED = 1_000; // greenlets checked for holding a monitor, at some microseconds each

    private final EventLoop loop;
    private final Thread thread;
    private final StackTraceElement[] where;
    private final Holding holding;
    private final StackTraceElement place;

    private HogReport(
            EventLoop loop, Thread thread, Thread.State state, StackTraceElement[] where, StackTraceElement elsewhere) {
        this.loop = loop;
        this.thread = thread;
        this.where = where;
        holding = Holding.of(state, where);
        int index = Frames.indexOf(where);
        place = index < 0 ? elsewhere : where[index];
    }

    /** Reports {@code greenlet}, whose thread is in {@code state} at {@code where}. */
    static String of(
            EventLoop loop, GreenletTask<?> greenlet, Duration held, Thread.State state, StackTraceElement[] where) {
        StackTraceElement site = greenlet.spawnSite();
        HogReport report = new HogReport(loop, greenlet.thread(), state, where, site);
        return report.text("greenlet \"" + greenlet.name() + "\"", held, "\n  spawned at " + site);
    }

    /** Reports {@code what}, which is not a greenlet. */
    static String of(
            EventLoop loop, String what, Thread thread, Duration held, Thread.State state, StackTraceElement[] where) {
        StackTraceElement top = where.length == 0 ? SpawnSites.UNKNOWN : where[0];
        return new HogReport(loop, thread, state, where, top).text(what, held, "");
    }

    /** Describes what runs outside greenlets, given the {@code callback}, if any, and the stack. */
    static String nameOf(@Nullable Object callback, StackTraceElement[] where) {
        if (callback != null) {
            return "a callback (" + Frames.nameOf(ActionBody.written(callback)) + ")";
        }
        for (StackTraceElement frame : where) {
            String method = frame.getClassName() + "." + frame.getMethodName();
            if (method.equals("dev.weft.scheduler.Polling.ask")) {
                return "the poller";
            }
            if (method.equals("dev.weft.scheduler.Timers.fire")) {
                return "a timer";
            }
        }
        return "the loop's own work";
    }

    private String text(String what, Duration held, String spawned) {
        return what + " has held loop " + loop.name() + " for " + held.toMillis() + " ms: " + how()
                + FoldedStack.lines(where, place) + spawned + "\n  Nothing else runs on this loop. " + advice();
    }

    private String how() {
        return switch (holding) {
            case COMPUTING -> "computing at " + place;
            case BLOCKING_CALL -> "in a blocking call, " + method(where[0]) + ", at " + place;
            case PINNED -> "waiting" + (thread.isVirtual() ? " with a pinned stack, at " : " at ") + place;
            case LOADING_CLASSES -> loading() + ", at " + place;
            case BLOCKED -> "BLOCKED entering " + monitor() + ", at " + place;
        };
    }

    private String loading() {
        for (StackTraceElement frame : where) {
            if (frame.getMethodName().equals("<clinit>")) {
                return "initialising class " + frame.getClassName();
            }
        }
        return "loading classes";
    }

    private String monitor() {
        Object monitor = JdkLocks.awaitedMonitor(thread);
        if (monitor == null) {
            return "a monitor";
        }
        String holder = holderOf(monitor);
        return "the monitor of " + JdkWaits.identity(monitor) + (holder == null ? "" : ", held by " + holder);
    }

    /** Checks the group's greenlets one by one, then the platform threads, as the JVM tells only what a thread holds. */
    private @Nullable String holderOf(Object monitor) {
        int asked = 0;
        for (Loop each : loop.owner.handle().group().loops()) {
            List<Greenlet<?>> greenlets = each.greenlets();
            for (int i = 0; i < greenlets.size() && asked < MOST_ASKED; i++, asked++) {
                Greenlet<?> greenlet = greenlets.get(i);
                if (JdkLocks.holds(greenlet.thread(), monitor)) {
                    String wait = greenlet.waitingOn();
                    return "greenlet \"" + greenlet.name() + "\"" + (wait.isEmpty() ? "" : ", which waits for " + wait);
                }
            }
        }
        for (Thread platform : Thread.getAllStackTraces().keySet()) {
            if (JdkLocks.holds(platform, monitor)) {
                return JdkWaits.nameOfThread(platform);
            }
        }
        return null;
    }

    private String advice() {
        return switch (holding) {
            case COMPUTING -> "Let it yield, Weft.yieldNow(), or compute on another thread, Weft.compute(() -> ...).";
            case BLOCKING_CALL -> "Call it on another thread: Weft.offload(() -> ...).";
            case PINNED ->
                thread.isVirtual()
                        ? "A native frame or a class initialiser is on the stack: wait before or after it, not inside."
                        : "Code outside greenlets must not wait: do it in a greenlet, loop.spawn(() -> ...).";
            case LOADING_CLASSES ->
                "This happens once per class: trigger it when the program starts, before the loop has others to serve.";
            case BLOCKED ->
                "It cannot be unmounted there. If the holder is a greenlet of this loop, they are deadlocked: do not"
                        + " wait while holding a monitor that is entered below a class initialiser, below a native frame or"
                        + " in a callback, or use a ReentrantLock and wait for it outside.";
        };
    }

    private static String method(StackTraceElement frame) {
        return frame.getClassName() + "." + frame.getMethodName();
    }
}
