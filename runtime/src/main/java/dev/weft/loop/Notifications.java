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
 * All that a loop tells its users of: failures that nobody waited for, events, callbacks. Its thread never calls their code
 * itself, as that may wait for a lock whose owner is a greenlet of this very loop; see {@link UserCalls}. Belongs to the
 * loop's thread.
 */
final class Notifications {
    private static final int MOST = 10_000; // that wait for one call of a handler or listener to come back
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
    private final ConcurrentLinkedQueue<Runnable> late = new ConcurrentLinkedQueue<>(); // the loop has left; any thread
    private final OnDemandThread elsewhere;
    private int dropped;
    private boolean givenUp; // no call that is held up is waited for any more

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

    /** After a call could not be begun, for want of memory say. */
    private static final class Pause extends Timer {
        private boolean isOver = true;

        @Override
        protected void fire() {
            isOver = true;
        }
    }

    /** {@code greenlet} has ended by {@code failure}, which nobody was told. */
    void uncaught(GreenletTask<?> greenlet, Throwable failure) {
        if (handlerCalls.isHeldUp() && (givenUp || unheard.size() >= MOST)) {
            RuntimeLog.uncaught(greenlet, failure);
        } else {
            unheard.put(greenlet, failure);
        }
    }

    /** Somebody has come to hear of the failure of {@code greenlet} after its end. */
    void heard(GreenletTask<?> greenlet) {
        unheard.remove(greenlet);
    }

    /** The listener is to be told of {@code event}. */
    void event(Consumer<LoopListener> event) {
        if (listenerCalls.isHeldUp() && (givenUp || events.size() >= MOST)) {
            dropped++;
            return;
        }
        if (dropped > 0) {
            RuntimeLog.warn("the listener of loop " + loop.name() + " was not told of " + dropped + " events, as "
                    + MOST + " others were waiting for it");
            dropped = 0;
        }
        events.add(() -> event.accept(listener));
    }

    /** Any thread: the listener is to be told of {@code event} while the loop is held up, so not by one of its greenlets. */
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
        RuntimeLog.warn("a listener was not told " + lost + " times that a loop is held, as " + MOST
                + " such calls were waiting for it");
    }

    /** {@code callback} is to be called. */
    void callback(Runnable callback) {
        if (loop.owner.isOver()) {
            late.add(callback);
        } else {
            callbacks.add(callback);
        }
    }

    /** Whether {@link #begin} has something to do. */
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
     * Queues greenlets for the calls that are due. Once a turn, after the inbox: who comes to join a greenlet in the turn in
     * which it has failed has heard of that.
     */
    void begin() {
        try {
            if (handler instanceof RuntimeLog.Uncaught) {
                handlerCalls.makeHere(); // ours, and short
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

    /** The loop's greenlets are being killed: a callback that waits is one of them, and others make the further ones. */
    void leaveHeldUpCallback() {
        callbackCalls.leaveHeldUp();
    }

    /** Whether {@code greenlet} makes such calls now, and the ones to come. */
    boolean isAtWork(GreenletTask<?> greenlet) {
        return handlerCalls.areMadeBy(greenlet)
                || listenerCalls.areMadeBy(greenlet)
                || callbackCalls.areMadeBy(greenlet);
    }

    /** The loop is closing, and a call that is held up is not waited for any more: what is behind it is logged. */
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

    /** As the loop's last act: what has not been told is told now, or logged if who is to be told is held up. */
    void finish() {
        dropHeldUp();
        for (UserCalls calls : all) {
            calls.makeHere();
        }
    }

    /** Any thread, after the loop has left: makes the callbacks that it could not make any more. */
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
