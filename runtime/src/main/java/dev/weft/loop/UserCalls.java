package dev.weft.loop;

import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.log.RuntimeLog;
import org.jspecify.annotations.Nullable;

/**
 * Calls of users' code that are owed and that no greenlet of theirs makes: of an uncaught handler, of a listener, of
 * callbacks. They are made by a greenlet that is there while there are some, so they may wait, take locks and fail as any
 * other code, and never hold the loop's own thread. They begin in the order in which they were added, each once. Belongs to
 * the loop's thread.
 */
final class UserCalls {
    /** What the next call has to wait for. */
    enum Order {
        /** The end of the one before: they are calls of one object. */
        ONE_AT_A_TIME,
        /** That the one before has begun, and runs no longer: it may wait for what the next one brings. */
        OVERTAKING
    }

    /** The calls that are owed. */
    interface Queue {
        boolean isEmpty();

        /** Takes the next one out; null if there is none. */
        @Nullable Runnable poll();
    }

    private final EventLoop loop;
    private final String name;
    private final Order order;
    private final Queue queue;
    private @Nullable Runner runner;

    /** {@code name}: of the greenlets that make the calls, and what reports call them. */
    UserCalls(EventLoop loop, String name, Order order, Queue queue) {
        this.loop = loop;
        this.name = name;
        this.order = order;
        this.queue = queue;
    }

    /** Whether a call has begun, and waits now. */
    boolean isHeldUp() {
        Runner present = runner;
        return present != null && present.hasBegun;
    }

    /** Whether there are calls, and nobody to make them. To be asked when no greenlet runs. */
    boolean areDue() {
        return !queue.isEmpty() && (runner == null || (order == Order.OVERTAKING && isHeldUp()));
    }

    /** Has a greenlet make the calls that are due. */
    void begin() {
        Runner next = new Runner();
        GreenletTask<?> greenlet = GreenletTask.create(loop, name, next, EventLoop.CALLBACK_SITE);
        next.greenlet = greenlet;
        leaveHeldUp();
        runner = next;
        try {
            greenlet.thread().start();
        } catch (Throwable t) {
            runner = null;
            throw t;
        }
    }

    /** The call that waits now, if any, makes no further ones. */
    void leaveHeldUp() {
        if (isHeldUp()) {
            runner = null;
        }
    }

    /** Whether {@code greenlet} is the one that makes the calls now. */
    boolean areMadeBy(GreenletTask<?> greenlet) {
        Runner present = runner;
        return present != null && present.greenlet == greenlet;
    }

    /** Makes the calls that are left on the thread that calls, as the loop has no greenlets any more. */
    void makeHere() {
        for (Runnable call = queue.poll(); call != null; call = queue.poll()) {
            make(call);
        }
    }

    private void make(Runnable call) {
        try {
            call.run();
        } catch (Throwable t) {
            RuntimeLog.error(name + " of loop " + loop.name() + " failed", t);
        }
    }

    /** The body of a greenlet that makes the calls, until there are none or another one has taken over. */
    private final class Runner implements Runnable {
        private @Nullable GreenletTask<?> greenlet;
        private boolean hasBegun;

        @Override
        public void run() {
            hasBegun = true;
            loop.discountSlice();
            GreenletTask<?> self = GreenletTask.current();
            self.announce(); // what the code waits for is nobody's who counts the yields of his own
            while (runner == this) {
                Runnable call = self.isCancelled() ? null : queue.poll();
                if (call == null) {
                    runner = null;
                } else {
                    make(call);
                    Thread.interrupted(); // an interrupt that is left was for that call
                }
            }
        }
    }
}
