package dev.weft.loop;

import dev.weft.kernel.EventLoop;
import dev.weft.kernel.GreenletTask;
import dev.weft.log.RuntimeLog;
import org.jspecify.annotations.Nullable;

/**
 * Pending calls of users' code outside their greenlets: of an uncaught handler, a listener, or callbacks. A greenlet that
 * exists while there are calls makes them, so they may wait, take locks and fail like any other code, and never block the
 * loop's own thread. They start in the order in which they were added, each once. Belongs to the loop's thread.
 */
final class UserCalls {
    /** When the next call may start. */
    enum Order {
        /** After the previous one has ended, as they are calls of the same object. */
        ONE_AT_A_TIME,
        /** Once the previous one has started and is not running: it may be waiting for the effect of the next one. */
        OVERTAKING
    }

    /** The pending calls. */
    interface Queue {
        boolean isEmpty();

        /** Removes and returns the next call; null if there is none. */
        @Nullable Runnable poll();
    }

    private final EventLoop loop;
    private final String name;
    private final Order order;
    private final Queue queue;
    private @Nullable Runner runner;

    /** Creates the calls; {@code name} is used for the greenlets that make them, and in reports. */
    UserCalls(EventLoop loop, String name, Order order, Queue queue) {
        this.loop = loop;
        this.name = name;
        this.order = order;
        this.queue = queue;
    }

    /** Returns whether a call has started and is waiting now. */
    boolean isHeldUp() {
        Runner present = runner;
        return present != null && present.hasBegun;
    }

    /** Returns whether there are calls and nobody to make them. Must be called when no greenlet is running. */
    boolean areDue() {
        return !queue.isEmpty() && (runner == null || (order == Order.OVERTAKING && isHeldUp()));
    }

    /** Starts a greenlet that makes the calls that are due. */
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

    /** Lets another greenlet make the calls after the one that is waiting now, if any. */
    void leaveHeldUp() {
        if (isHeldUp()) {
            runner = null;
        }
    }

    /** Returns whether {@code greenlet} is the one that makes the calls. */
    boolean areMadeBy(GreenletTask<?> greenlet) {
        Runner present = runner;
        return present != null && present.greenlet == greenlet;
    }

    /** Makes the remaining calls on the calling thread, as the loop has no greenlets any more. */
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

    /** The body of a greenlet that makes the calls, until there are none or another greenlet has taken over. */
    private final class Runner implements Runnable {
        private @Nullable GreenletTask<?> greenlet;
        private boolean hasBegun;

        @Override
        public void run() {
            hasBegun = true;
            loop.discountSlice();
            GreenletTask<?> self = GreenletTask.current();
            self.beginExplicitYields(); // yields in here are of no interest to users who look for implicit yields
            // in their own
            // code
            while (runner == this) {
                Runnable call = self.isCancelled() ? null : queue.poll();
                if (call == null) {
                    runner = null;
                } else {
                    make(call);
                    Thread.interrupted(); // a remaining interrupt was meant for that call
                }
            }
        }
    }
}
