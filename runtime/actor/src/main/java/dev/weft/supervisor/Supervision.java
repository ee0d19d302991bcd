package dev.weft.supervisor;

import dev.weft.Awaitable;
import dev.weft.DeadlineExceeded;
import dev.weft.Loop;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Sneaky;
import dev.weft.supervisor.ChildInfo.State;
import dev.weft.supervisor.ChildSpec.Restart;
import dev.weft.supervisor.Supervisor.AutoShutdown;
import dev.weft.supervisor.SupervisorReport.Context;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * The work of a supervisor. Its greenlet starts the children, and then deals with one thing at a time: a child that has ended, a
 * restart that is due, a request. Whichever way it ends, it stops the children first. Belongs to the supervisor's loop; except
 * for the answers to questions, to its greenlet.
 */
final class Supervision {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final System.Logger LOGGER = System.getLogger("dev.weft.supervisor");

    final String name;
    final Strategy strategy;
    private final Loop home;
    private final RestartIntensity intensity;
    private final BackOff backOff;
    private final AutoShutdown autoShutdown;
    private final Consumer<? super SupervisorReport> reports;
    private final List<ChildSpec> initial;
    private final Children children = new Children();
    private final Agenda agenda;
    private State state = State.STARTING;
    private long numbered; // children of a simple one-for-one supervisor so far

    Supervision(String name, Loop home, Supervisor.Builder settings) {
        this.name = name;
        this.home = home;
        strategy = settings.strategy;
        intensity = new RestartIntensity(settings.restarts, settings.period);
        backOff = settings.backOff;
        autoShutdown = settings.autoShutdown;
        reports = settings.reports;
        initial = List.copyOf(settings.children.values());
        agenda = new Agenda(name);
    }

    /** The body of the supervisor's greenlet. */
    void run(Runnable ready) {
        try {
            startInitial();
            state = State.RUNNING;
            ready.run();
            while (state == State.RUNNING) {
                Weft.await(agenda).run();
            }
        } finally {
            state = State.STOPPING;
            shutDown();
        }
    }

    private void startInitial() {
        for (ChildSpec spec : initial) {
            Supervised child = new Supervised(spec, home, this::hasEnded);
            children.add(child);
            startOrThrow(child);
        }
    }

    private void startOrThrow(Supervised child) {
        try {
            child.start(name);
        } catch (Throwable t) {
            if (isCancelled()) {
                throw Sneaky.rethrow(t);
            }
            throw new ChildStartFailed(child.id() + " of supervisor " + name, t);
        }
    }

    /** Returns whether the supervisor is being stopped: then a failure may be due to that. Unlike a wait, may be asked often. */
    private static boolean isCancelled() {
        return Weft.effectiveDeadline().filter(Duration::isZero).isPresent();
    }

    private void hasEnded(Supervised child) {
        agenda.add(() -> ended(child));
    }

    /** A child has ended by itself; or has been stopped or restarted since, and this is old news. */
    private void ended(Supervised child) {
        Outcome<?> outcome = child.outcome();
        if (child.state() != State.RUNNING || outcome == null || isCancelled()) {
            return;
        }
        Optional<Throwable> reason = Exit.reason(outcome);
        Restart kind = child.spec().restart();
        boolean toRestart = kind == Restart.PERMANENT || (kind == Restart.TRANSIENT && reason.isPresent());
        if (toRestart || reason.isPresent()) {
            report(Context.CHILD_TERMINATED, child, reason);
        }
        if (toRestart) {
            restart(child, reason);
        } else {
            child.stopped();
            dropIfDone(child);
            shutDownAfter(child);
        }
    }

    private void shutDownAfter(Supervised ended) {
        if (ended.spec().isSignificant()
                && (autoShutdown == AutoShutdown.ANY_SIGNIFICANT || !children.hasActiveSignificant())) {
            state = State.STOPPING;
        }
    }

    /** Drops the specification of a child that has stopped, if it cannot be started again. */
    private void dropIfDone(Supervised child) {
        if (child.spec().restart() == Restart.TEMPORARY || strategy == Strategy.SIMPLE_ONE_FOR_ONE) {
            children.remove(child);
        }
    }

    /** Restarts {@code child}, which does not run for {@code reason}, and those that the strategy restarts with it. */
    private void restart(Supervised child, Optional<Throwable> reason) {
        if (!intensity.admits(home.clock().nanos())) {
            report(Context.SHUTDOWN, child, reason);
            child.stopped();
            throw new RestartsExceeded(child.id() + " of supervisor " + name, intensity, reason.orElse(null));
        }
        long pause = child.restarting(backOff);
        for (Supervised other : strategy.restartedWith(child, children).reversed()) {
            if (other != child) {
                stop(other);
                other.restartingWithOther();
            }
        }
        if (pause == 0) {
            startAgain(child);
        } else {
            child.restartLater(pause, agenda, () -> startAgain(child));
        }
    }

    /** Starts {@code first}, if it is still to be restarted, and those that are restarted with it. */
    private void startAgain(Supervised first) {
        for (Supervised child : strategy.restartedWith(first, children)) {
            if (child.state() != State.RESTARTING) {
                continue; // stopped, or started, on request
            }
            try {
                child.start(name);
            } catch (Throwable t) {
                if (isCancelled()) {
                    throw Sneaky.rethrow(t);
                }
                Optional<Throwable> reason = Optional.of(t);
                report(Context.START_ERROR, child, reason);
                child.restartLater(0, agenda, () -> restart(child, reason)); // after requests, such as to stop it
                return;
            }
        }
    }

    /** Stops {@code child}, if it runs, and waits for its end. Drops it if it cannot be started again. */
    private void stop(Supervised child) {
        Child running = child.running();
        if (running != null) {
            askToStop(child, running);
            Duration graceLeft = child.spec().graceOrZero().minusNanos(child.nanosInState());
            if (!child.spec().isBrutallyKilled() && !endsWithin(graceLeft, child)) {
                attempt(child, running::kill);
            }
            awaitEnd(child, running);
        }
        if (child.outcome() instanceof Outcome.Failed<?> failed && child.hasRun()) {
            report(Context.SHUTDOWN_ERROR, child, Optional.of(failed.failure()));
        }
        child.stopped();
        dropIfDone(child);
    }

    /** Asks {@code child} to stop, or kills it, if that has not been done already. */
    private void askToStop(Supervised child, Child running) {
        if (child.state() == State.STOPPING) {
            return;
        }
        child.stopping();
        if (child.spec().isBrutallyKilled()) {
            attempt(child, running::kill);
        } else {
            attempt(child, () -> running.stop(child.spec().graceOrZero()));
        }
    }

    private void attempt(Supervised child, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            report(Context.SHUTDOWN_ERROR, child, Optional.of(e));
        }
    }

    /** Waits for the end of a child that has been killed. Complains of one that does not end; there is no other means. */
    private void awaitEnd(Supervised child, Child running) {
        if (!endsWithin(PATIENCE, child)) {
            report(
                    Context.SHUTDOWN_ERROR,
                    child,
                    Optional.of(new IllegalStateException("it still runs " + PATIENCE
                            + " after it was killed; does it wait, or swallow the kill? " + running)));
            Weft.await(child);
        }
    }

    private static boolean endsWithin(Duration limit, Awaitable<?> end) {
        try {
            Weft.await(end, limit);
            return true;
        } catch (DeadlineExceeded e) {
            return false;
        }
    }

    /** Stops all children, the last one first, or all at once if there is no order. Kills them if this is killed forcibly. */
    private void shutDown() {
        try {
            Weft.shield(this::stopAll);
        } finally {
            killAll();
            state = State.STOPPED;
            rejectRequests();
        }
    }

    private void stopAll() {
        if (isCancelled()) {
            return; // by force, as shields do not hold it off
        }
        if (strategy == Strategy.SIMPLE_ONE_FOR_ONE) {
            askAllToStop();
        }
        children.inOrder().reversed().forEach(this::stop);
    }

    private void askAllToStop() {
        for (Supervised child : children.inOrder()) {
            Child running = child.running();
            if (running != null) {
                askToStop(child, running);
            }
        }
    }

    /** Kills the children that still run, without waiting for them; none does if they have been stopped. */
    void killAll() {
        for (Supervised child : children.inOrder().reversed()) {
            Child running = child.running();
            if (running == null) {
                child.stopped();
            } else {
                attempt(child, running::kill);
            }
        }
    }

    private void rejectRequests() {
        Runnable left;
        while ((left = agenda.poll()) != null) {
            if (left instanceof Request<?> request) {
                request.reject();
            }
        }
    }

    /** Tells the user, whose code must not end the supervisor. */
    private void report(Context context, Supervised child, Optional<Throwable> reason) {
        try {
            reports.accept(new SupervisorReport(name, context, child.info(), reason));
        } catch (RuntimeException | Error e) {
            if (!isCancelled()) {
                LOGGER.log(System.Logger.Level.ERROR, "the reports of supervisor " + name + " are not accepted", e);
            }
        }
    }

    /** Asks for {@code operation}, on any thread, and waits until the supervisor's greenlet has carried it out. */
    <V> V ask(Callable<V> operation) {
        Request<V> request = new Request<>(name, operation);
        Suspension.tell(home, () -> accept(request), request::reject);
        return request.await();
    }

    private void accept(Request<?> request) {
        if (state == State.STOPPING || state == State.STOPPED) {
            request.reject();
        } else {
            agenda.add(request);
        }
    }

    /** Adds a child and starts it. */
    ChildInfo startChild(ChildSpec spec) {
        boolean isSimple = strategy == Strategy.SIMPLE_ONE_FOR_ONE;
        Supervised child =
                new Supervised(isSimple ? spec.named(spec.id() + "-" + ++numbered) : spec, home, this::hasEnded);
        Supervised present = children.find(child.id());
        if (present != null) {
            throw new IllegalStateException("supervisor " + name + " has a child " + child.id() + " already, which is "
                    + present.state() + "; restart that, or use another id");
        }
        children.add(child);
        try {
            startOrThrow(child);
        } catch (Throwable t) {
            children.remove(child);
            throw t;
        }
        return child.info();
    }

    /** Stops a child. Its specification stays, unless it is temporary. */
    ChildInfo stopChild(String id) {
        Supervised child = find(id);
        boolean wasRestarting = child.state() == State.RESTARTING;
        stop(child);
        if (wasRestarting) {
            startAgain(child); // others that were to be started after it
        }
        return child.info();
    }

    /** Starts a child that has stopped. */
    ChildInfo restartChild(String id) {
        Supervised child = findStopped(id);
        startOrThrow(child);
        return child.info();
    }

    /** Drops the specification of a child that has stopped. */
    ChildInfo deleteChild(String id) {
        Supervised child = findStopped(id);
        children.remove(child);
        return child.info();
    }

    private Supervised findStopped(String id) {
        Supervised child = find(id);
        if (child.state() != State.STOPPED) {
            throw new IllegalStateException(
                    "child " + id + " of supervisor " + name + " is " + child.state() + "; stop it first");
        }
        return child;
    }

    private Supervised find(String id) {
        Supervised child = children.find(id);
        if (child == null) {
            throw new IllegalArgumentException("supervisor " + name + " has no child " + id + ", only " + children);
        }
        return child;
    }

    /** Throws unless {@code spec} goes with the automatic shutdown. Any thread. */
    void requireAllowed(ChildSpec spec) {
        if (!spec.isSignificant()) {
            return;
        }
        if (autoShutdown == AutoShutdown.NEVER) {
            throw new IllegalArgumentException("child " + spec.id() + " is significant, but supervisor " + name
                    + " never stops automatically; set its autoShutdown");
        }
        if (spec.restart() == Restart.PERMANENT) {
            throw new IllegalArgumentException("child " + spec.id()
                    + " is significant, but permanent, so its end never counts; make it transient or temporary");
        }
    }

    /** Returns an answer of the supervisor's loop, at once if that is the caller's; any thread. */
    <V> V look(Callable<V> question) {
        Request<V> request = new Request<>(name, question);
        Suspension.tell(home, request, request::reject);
        return request.await();
    }

    /** Returns what is known of all children. */
    List<ChildInfo> infos() {
        return children.inOrder().stream().map(Supervised::info).toList();
    }
}
