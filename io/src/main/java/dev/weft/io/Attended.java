package dev.weft.io;

import dev.weft.Action;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.lowlevel.Suspension;
import dev.weft.lowlevel.Waiter;
import org.jspecify.annotations.Nullable;

/**
 * The body of a greenlet that holds something which has to be let go at its end, also if it is killed before it ran. A
 * joiner would hear of that too, but as one who has taken note of a failure, which then would not reach the uncaught
 * handler; so this one joins only until the body begins.
 */
final class Attended extends Waiter<@Nullable Object> implements Action {
    private final Action body;
    private final Runnable atEnd;
    private boolean over; // it has begun, or never will; belongs to the greenlet's loop

    /** {@code atEnd} runs once, on the greenlet's loop, and must not wait. */
    Attended(Action body, Runnable atEnd) {
        this.body = body;
        this.atEnd = atEnd;
    }

    /** To be called with the greenlet of this body, right after its spawn. */
    void watch(Greenlet<?> greenlet) {
        Loop loop = greenlet.loop();
        if (Suspension.isOn(loop)) {
            join(greenlet);
        } else {
            loop.execute(() -> join(greenlet));
        }
    }

    private void join(Greenlet<?> greenlet) {
        if (!over) {
            greenlet.subscribe(this);
        }
    }

    @Override
    public void run() throws Exception {
        over = true;
        Greenlet.current().unsubscribe(this);
        try {
            body.run();
        } finally {
            atEnd.run();
        }
    }

    @Override
    public void succeed(@Nullable Object value) {
        fail(new AssertionError("it has ended and never begun"));
    }

    /** It never ran. */
    @Override
    public void fail(Throwable failure) {
        over = true;
        atEnd.run();
    }
}
