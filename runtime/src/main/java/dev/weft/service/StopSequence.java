package dev.weft.service;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;

/**
 * The orderly end of a service. Belongs to the thread that runs the service, which is no loop's: so it goes on even if a loop is
 * held.
 */
final class StopSequence {
    /** Actions are allowed this much longer than the grace, so that the report is made before they kill what is left. */
    private static final Duration REPORT_TIME = Duration.ofMillis(250);

    /** How long an action may take to end once it has no grace left. */
    private static final Duration LAST_GRACE = Duration.ofSeconds(2);

    private static final System.Logger LOGGER = System.getLogger("dev.weft.service");

    private final LoopGroup group;
    private final Duration grace;
    private final long graceEnd;
    private final Set<Greenlet<?>> own = new HashSet<>();
    private boolean hasReported;
    private boolean isOrderly = true;

    /** Begins; the grace runs from now. */
    StopSequence(LoopGroup group, Duration grace) {
        this.group = group;
        this.grace = grace;
        graceEnd = System.nanoTime() + grace.toNanos();
    }

    /** What is to be stopped, on the loop where it was registered. */
    record Stoppable(String name, Loop loop, Service.StopAction action) {}

    /** Kills the body of the service, if it is still starting. */
    void endStartUp(Greenlet<?> body) {
        if (!body.state().isDone()) {
            body.kill("the service was asked to stop");
            if (!endsInTime(body)) {
                complain("its start-up ignored the kill: " + describe(body));
            }
        }
    }

    /** Stops all of {@code registered}, the last one first. */
    void stopAll(List<Stoppable> registered) {
        List<Stoppable> reversed = new ArrayList<>(registered);
        Collections.reverse(reversed);
        reversed.forEach(this::stop);
    }

    private void stop(Stoppable stoppable) {
        Greenlet<?> stopping;
        try {
            stopping = stoppable.loop().spawn("stop " + stoppable.name(), () -> {
                try {
                    stoppable.action().stop(left().plus(REPORT_TIME));
                } catch (Exception e) {
                    complain(stoppable.name() + " could not be stopped", e);
                }
            });
        } catch (RejectedExecutionException e) {
            complain(stoppable.name() + " was not stopped, as its loop is closed", e);
            return;
        }
        own.add(stopping);
        if (!endsInTime(stopping)) {
            complain(stoppable.name() + " did not stop: " + describe(stopping));
            stopping.kill("the grace is over");
        }
    }

    /** Waits until {@code greenlet} ends. When the grace is over, reports who is left and waits for a last, shorter time. */
    private boolean endsInTime(Greenlet<?> greenlet) {
        if (Weft.joinAll(List.of(greenlet), left())) {
            return true;
        }
        if (!hasReported) {
            hasReported = true;
            report();
        }
        return Weft.joinAll(List.of(greenlet), LAST_GRACE);
    }

    private Duration left() {
        return Duration.ofNanos(Math.max(0, graceEnd - System.nanoTime()));
    }

    private void report() {
        StringBuilder report = new StringBuilder("the grace of " + grace + " is over, and these are left:");
        for (Loop loop : group.loops()) {
            for (Greenlet<?> greenlet : loop.greenlets()) {
                if (!own.contains(greenlet)) {
                    report.append(System.lineSeparator()).append(describe(greenlet));
                }
            }
        }
        complain(report.toString());
    }

    private static String describe(Greenlet<?> greenlet) {
        StringBuilder text = new StringBuilder("  ").append(greenlet);
        Arrays.stream(greenlet.stackTrace())
                .forEach(frame -> text.append(System.lineSeparator())
                        .append("        at ")
                        .append(frame));
        return text.toString();
    }

    private void complain(String what) {
        isOrderly = false;
        LOGGER.log(System.Logger.Level.WARNING, what);
    }

    private void complain(String what, Exception failure) {
        isOrderly = false;
        LOGGER.log(System.Logger.Level.WARNING, what, failure);
    }

    /** Closes the group, which kills its remaining greenlets. Returns whether everything has ended in order. */
    boolean closeGroup() {
        isOrderly &= group.close(LAST_GRACE);
        return isOrderly;
    }
}
