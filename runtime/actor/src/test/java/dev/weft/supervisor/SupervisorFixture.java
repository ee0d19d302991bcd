package dev.weft.supervisor;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.supervisor.SupervisorReport.Context;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Supervisors on a stepped loop, with children that the test ends; they record {@code +id} once up and {@code -id} at the end. */
@Timeout(30)
@ExtendWith(NoGreenletLeaks.class)
abstract class SupervisorFixture {
    static final Duration SECOND = Duration.ofSeconds(1);
    static final Duration MINUTE = Duration.ofMinutes(1);

    final Recorder happened = new Recorder();
    final List<SupervisorReport> reports = new ArrayList<>();
    final List<Throwable> uncaught = new ArrayList<>();
    final SteppedLoop stepped = SteppedLoop.open((greenlet, failure) -> uncaught.add(failure));
    final Map<String, CompletableFuture<String>> ends = new HashMap<>();
    final Map<String, Greenlet<?>> greenlets = new HashMap<>();

    /** An expected failure. */
    static final class Broken extends Exception {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message);
        }
    }

    static Throwable rootCause(Throwable failure) {
        Throwable root = failure;
        for (Throwable cause = root.getCause(); cause != null; cause = cause.getCause()) {
            root = cause;
        }
        return root;
    }

    final CompletableFuture<String> end(String id) {
        return Objects.requireNonNull(ends.get(id), id);
    }

    final Greenlet<?> greenlet(String id) {
        return Objects.requireNonNull(greenlets.get(id), id);
    }

    /** A child that runs until it is told to end, or stopped. */
    final ChildSpec child(String id) {
        return ChildSpec.starting(id, ready -> {
            ends.put(id, new CompletableFuture<>());
            greenlets.put(id, Greenlet.current());
            happened.add("+" + id);
            ready.run();
            try {
                Weft.await(end(id));
            } finally {
                happened.add("-" + id);
            }
        });
    }

    /** A child that refuses to stop, for {@code howLong} of the loop's time. */
    final ChildSpec slowToStop(String id, Duration howLong) {
        return ChildSpec.starting(id, ready -> {
            happened.add("+" + id);
            ready.run();
            try {
                Weft.sleep(Duration.ofDays(1));
            } finally {
                try {
                    Weft.shield(() -> Weft.sleep(howLong));
                    happened.add("cleaned up " + id);
                } finally {
                    happened.add("-" + id);
                }
            }
        });
    }

    /** Starts it with a generous intensity, unless the test has set one. */
    final Supervisor start(Supervisor.Builder builder) {
        return run(() -> builder.reports(reports::add).start("top"));
    }

    final <T> T run(Callable<T> body) {
        return stepped.run(body);
    }

    /** Begins to run {@code body}, which need not end. */
    final <T> Greenlet<T> begin(Callable<T> body) {
        Greenlet<T> begun = stepped.spawn(body);
        stepped.runUntilIdle();
        return begun;
    }

    /** Makes the child {@code id} fail, and lets the supervisor deal with it. */
    final void crash(String id) {
        end(id).completeExceptionally(new Broken(id));
        stepped.runUntilIdle();
    }

    /** Makes the child {@code id} return. */
    final void finish(String id) {
        end(id).complete(id);
        stepped.runUntilIdle();
    }

    final ChildInfo info(Supervisor supervisor, String id) {
        return run(() -> supervisor.children().stream()
                .filter(child -> child.id().equals(id))
                .findFirst()
                .orElseThrow());
    }

    final List<String> ids(Supervisor supervisor) {
        return run(() -> supervisor.children().stream().map(ChildInfo::id).toList());
    }

    final List<Context> contexts() {
        return reports.stream().map(SupervisorReport::context).toList();
    }

    final void stop(Supervisor supervisor) {
        run(() -> {
            supervisor.close();
            return "stopped";
        });
    }

    @AfterEach
    void nothingIsLeft() {
        stepped.close();
        if (!uncaught.isEmpty()) {
            throw new AssertionError("failures that nobody waited for", uncaught.get(0));
        }
    }
}
