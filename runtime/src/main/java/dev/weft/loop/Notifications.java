package dev.weft.loop;

import dev.weft.Greenlet;
import dev.weft.UncaughtHandler;
import dev.weft.kernel.EventLoop;
import dev.weft.kernel.Failures;
import dev.weft.kernel.GreenletTask;
import dev.weft.log.OnDemandThread;
import dev.weft.log.RuntimeLog;
import dev.weft.scheduler.Timer;
import dev.weft.spi.LoopListener;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a loop into users' code: for unobserved failures, events and callbacks. The loop's thread never makes them
 * itself, as users' code may wait for a lock that is held by a greenlet of this very loop; see {@link UserCalls}. Belongs to
 * the loop's thread.
 */
final class Notifications {
    private static final int MOST = 10_000; // pending while a call of the handler or listener does not return
    private static final long PAUSE_NANOS = 10_000_000;

    private final EventLoop loop;
    private final UncaughtHandler handler;
    private final LoopListener listener;
    private final Map<GreenletTask<?>, Throwable> unheard = new LinkedHashMap<>();
    private final ArrayDeque<Runnable> events = new ArrayDeque<>();
    private final ArrayDeque<Runnable> callbacks = new ArrayDeque<>();
    private final UserCalls handlerCalls;
    private final UserCalls listenerCalls;
    private final UserCalls callbackCalls;
    private final UserCalls[] all;
    private final Pause pause = new Pause();
    private final ConcurrentLinkedQueue<Runnable> late =
            new ConcurrentLinkedQueue<>(); // callbacks after the end; any thread
    private final OnDemandThread elsewhere;
    private int dropped;
    private boolean givenUp; // held-up calls are no longer waited for

    Notifications(EventLoop loop, LoopSettings settings) {
        this.loop = loop;
        handler = settings.uncaughtHandler();
        listener = settings.listener();
        handlerCalls = new UserCalls(loop, "the uncaught handler", UserCalls.Order.ONE_AT_A_TIME, new Unheard());
        listenerCalls = new UserCalls(loop, "the listener", UserCalls.Order.ONE_AT_A_TIME, new Calls(events));
        callbackCalls = new UserCalls(loop, "a callback", UserCalls.Order.OVERTAKING, new Calls(callbacks));
        elsewhere = new OnDemandThread(loop.name() + "-listener", MOST, Notifications::tellDropped);
        all = new UserCalls[] {handlerCalls, listenerCalls, callbackCalls};
    }

    private record Calls(ArrayDeque<Runnable> queue) implements UserCalls.Queue {
        @Override
        public boolean isEmpty() {
            return queue.isEmpty();
        }

        @Override
        public @Nullable Runnable poll() {
            return queue.poll();
        }
    }

    private final class Unheard implements UserCalls.Queue {
        @Override
        public boolean isEmpty() {
            return unheard.isEmpty();
        }

        @Override
        public @Nullable Runnable poll() {
            if (unheard.isEmpty()) {
                return null;
            }
            Map.Entry<GreenletTask<?>, Throwable> first =
                    unheard.entrySet().iterator().next();
            GreenletTask<?> greenlet = first.getKey();
            Throwable failure = first.getValue();
            unheard.remove(greenlet);
            return () -> handle(greenlet, failure);
        }
    }

    private void handle(Greenlet<?> greenlet, Throwable failure) {
        try {
            handler.uncaught(greenlet, failure);
        } catch (Throwable t) {
            Failures.suppress(failure, t);
            RuntimeLog.error("the uncaught handler failed", t);
        }
    }

    /** Delays the next attempt after a call could not be started, for lack of memory, for example. */
    private static final class Pause extends Timer {
        private boolean isOver = true;

        @Override
        protected void fire() {
            isOver = true;
        }
    }

    /** Schedules a call of the uncaught handler for {@code failure} of {@code greenlet}, which nobody has observed. */
    void uncaught(GreenletTask<?> greenlet, Throwable failure) {
        if (handlerCalls.isHeldUp() && (givenUp || unheard.size() >= MOST)) {
            RuntimeLog.uncaught(greenlet, failure);
        } else {
            unheard.put(greenlet, failure);
        }
    }

    /** The failure of {@code greenlet} was observed after its end. */
    void heard(GreenletTask<?> greenlet) {
        unheard.remove(greenlet);
    }

    /** Schedules a call of the listener. */
    void event(Consumer<LoopListener> event) {
        if (listenerCalls.isHeldUp() && (givenUp || events.size() >= MOST)) {
            dropped++;
            return;
        }
        if (dropped > 0) {
            RuntimeLog.warn(dropped + " events for the listener of loop " + loop.name() + " were dropped, because "
                    + MOST + " others were pending");
            dropped = 0;
        }
        events.add(() -> event.accept(listener));
    }

    /** Calls the listener while the loop is held up, and so not in one of its greenlets. Any thread. */
    void eventWhileHeld(Consumer<LoopListener> event) {
        if (listener != LoopSettings.NO_LISTENER) {
            elsewhere.submit(() -> {
                try {
                    event.accept(listener);
                } catch (Throwable t) {
                    RuntimeLog.error("the listener of loop " + loop.name() + " failed", t);
                }
            });
        }
    }

    private static void tellDropped(int lost) {
        RuntimeLog.warn(
                lost + " reports of a held loop to a listener were dropped, because " + MOST + " others were pending");
    }

    /** Schedules {@code callback}. */
    void callback(Runnable callback) {
        if (loop.owner.isOver()) {
            late.add(callback);
        } else {
            callbacks.add(callback);
        }
    }

    /** Returns whether {@link #begin} has something to do. */
    boolean areDue() {
        return (!callbacks.isEmpty() || !unheard.isEmpty() || !events.isEmpty()) && pause.isOver && anyDue();
    }

    private boolean anyDue() {
        for (UserCalls calls : all) {
            if (calls.areDue()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Queues greenlets for the calls that are due. Called once per turn, after the inbox, so that a greenlet that joins in the
     * same turn another one fails in counts as having observed the failure.
     */
    void begin() {
        try {
            if (handler instanceof RuntimeLog.Uncaught) {
                handlerCalls.makeHere(); // our own handler, which is short
            }
            for (UserCalls calls : all) {
                if (calls.areDue()) {
                    calls.begin();
                }
            }
        } catch (Throwable t) {
            pause.isOver = false;
            loop.scheduler.setTimer(pause, PAUSE_NANOS);
            throw t;
        }
    }

    boolean isEmpty() {
        return callbacks.isEmpty() && unheard.isEmpty() && events.isEmpty();
    }

    /** Called when the loop's greenlets are killed, one of which is a waiting callback: lets others make the later calls. */
    void leaveHeldUpCallback() {
        callbackCalls.leaveHeldUp();
    }

    /** Returns whether {@code greenlet} is making such calls and will make the pending ones. */
    boolean isAtWork(GreenletTask<?> greenlet) {
        return handlerCalls.areMadeBy(greenlet)
                || listenerCalls.areMadeBy(greenlet)
                || callbackCalls.areMadeBy(greenlet);
    }

    /** Stops waiting for held-up calls while the loop is closing; pending failures are logged. */
    void giveUp() {
        givenUp = true;
        dropHeldUp();
    }

    private void dropHeldUp() {
        if (handlerCalls.isHeldUp()) {
            unheard.forEach(RuntimeLog::uncaught);
            unheard.clear();
        }
        if (listenerCalls.isHeldUp()) {
            events.clear();
        }
    }

    /** The loop's last action: makes the pending calls, or logs failures if the handler is held up. */
    void finish() {
        dropHeldUp();
        for (UserCalls calls : all) {
            calls.makeHere();
        }
    }

    /** Makes the callbacks that arrived after the loop's thread exited. Any thread. */
    void makeLate() {
        for (Runnable call = late.poll(); call != null; call = late.poll()) {
            try {
                call.run();
            } catch (Throwable t) {
                RuntimeLog.error("a callback of loop " + loop.name() + " failed", t);
            }
        }
    }
}
