package dev.weft.actor;

import dev.weft.Action;
import dev.weft.Awaitable;
import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Outcome;
import dev.weft.Scope;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Measured;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The owner of a state: a greenlet that alone touches it, and handles the requests of others one after another. This is an actor
 * without a protocol: a request is code that is given the state.
 *
 * <pre>{@code
 * Owner<Map<String, Integer>> stock = Owner.start("stock", HashMap::new);
 * stock.tell(map -> map.merge("apples", 5, Integer::sum));
 * int apples = stock.ask(map -> map.getOrDefault("apples", 0), Duration.ofSeconds(1));
 * }</pre>
 *
 * <p>Requests of one sender are handled in the order in which they were sent. One that waits holds up those behind it, which
 * keeps the state as it was. Requests run with the thread-locals and scoped values of the owner, not of the sender. The state
 * must not be handed out, nor kept by a request: answer with values.
 *
 * <p>What a question throws goes to the asker, as it is, with its own stack and, among its suppressed exceptions, the {@linkplain
 * AskSite asker's}; the owner goes on. There is nobody to tell what a {@link #tell} throws, so it ends the owner. An owner that
 * ends fails the questions that it has not answered with {@link OwnerEnded}.
 *
 * <p>All methods may be called by any greenlet of any loop and by any thread, which blocks where a greenlet would wait. The
 * capacity bounds what is {@linkplain #tell told}; see {@link Builder#capacity}. A question and its answer take two context
 * switches on one loop; an idle owner takes about 1 KiB.
 *
 * <p>The contract follows Erlang's {@code gen_server}, and jox's {@code ActorRef} for failures.
 *
 * @param <S> the state
 */
public final class Owner<S> implements Measured {
    private static final Duration LAST_GRACE = Duration.ofSeconds(10);

    static {
        Suspension.spawnsForOthers(Owner.class);
        Suspension.belongsToRuntime(Owner.class);
    }

    private final String name;
    private final Loop home;
    private final Requests requests;
    private final Greenlet<@Nullable Void> greenlet;

    // Confined to the home's thread.
    private @Nullable CompletableFuture<@Nullable Void> starting; // null once it has started
    private @Nullable StateAction<? super S> current; // the request that is being handled
    private long handled;

    /** A snapshot of an owner: requests that are queued, and those that have been handled and dropped so far. */
    public record Statistics(int queued, long handled, long dropped) {}

    private Owner(Builder builder, Loop home, Callable<? extends S> state, StateAction<? super S> atEnd) {
        this.home = home;
        name = builder.name;
        requests = new Requests(home, builder);
        starting = new CompletableFuture<>();
        greenlet = builder.spawn(home, () -> live(state, atEnd));
        Suspension.whenEnded(greenlet, this::ended);
    }

    private void awaitStart() {
        CompletableFuture<@Nullable Void> started = starting;
        if (started == null) {
            return;
        }
        try {
            if (Suspension.isOnLoop()) {
                Weft.await(started);
            } else {
                home.call("start " + name, () -> Weft.await(started));
            }
        } catch (Throwable t) {
            greenlet.kill("its start was cancelled");
            throw t;
        }
    }

    /** Starts an owner on the caller's loop, with the default settings of {@link #builder}. */
    public static <S> Owner<S> start(String name, Callable<? extends S> state) {
        return builder(name).start(state);
    }

    /** Returns a builder for an owner with non-default settings. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** The queue of requests. */
    private final class Requests extends BoundedIntake<StateAction<? super S>> {
        Requests(Loop home, Builder builder) {
            super(home, Owner.this, builder.capacity, builder.overflow);
        }

        /** Takes the next request; null if there is none. */
        @Nullable StateAction<? super S> take() {
            StateAction<? super S> next = poll();
            if (next != null) {
                release();
            }
            return next;
        }

        @Override
        boolean dropOldest(MailboxFull why) {
            StateAction<? super S> oldest = take();
            if (oldest != null) {
                lose(oldest, why);
            }
            return oldest != null;
        }

        @Override
        RuntimeException refusal() {
            return end();
        }

        @Override
        void requireOther() {
            Owner.this.requireOther();
        }
    }

    @SuppressWarnings("try") // the resource is there to be closed
    private void live(Callable<? extends S> maker, StateAction<? super S> atEnd) throws Exception {
        S state;
        try {
            state = maker.call();
        } catch (Throwable t) {
            rethrowIfKilled(t);
            started().completeExceptionally(t);
            return;
        }
        started().complete(null);
        starting = null;
        try (AutoCloseable end = () -> atEnd.accept(state)) {
            serve(state);
        }
    }

    private CompletableFuture<@Nullable Void> started() {
        return Objects.requireNonNull(starting);
    }

    private void serve(S state) throws Exception {
        while (true) {
            StateAction<? super S> request = requests.take();
            if (request != null) {
                handle(request, state);
            } else if (requests.isOver()) {
                return;
            } else {
                Suspension.await(requests, null);
            }
        }
    }

    private void handle(StateAction<? super S> request, S state) throws Exception {
        current = request;
        request.accept(state);
        current = null;
        handled++;
        if (!requests.isEmpty()) {
            Suspension.checkpoint(); // the wait for the next request is one, too
        }
    }

    /** Throws {@code thrown}, by a request, if the owner is to end. */
    void rethrowIfKilled(Throwable thrown) {
        try {
            Weft.checkCancelled();
        } catch (Cancelled killed) {
            if (thrown instanceof Cancelled first) {
                throw first;
            }
            killed.addSuppressed(thrown);
            throw killed;
        }
    }

    /** The greenlet has ended, in whatever way. Home's thread. */
    private void ended(Greenlet<?> ended) {
        requests.close();
        CompletableFuture<@Nullable Void> waited = starting;
        if (waited != null) {
            waited.completeExceptionally(end());
        }
        StateAction<? super S> next = current;
        current = null;
        if (next != null) {
            lose(next, end());
        }
        while ((next = requests.take()) != null) {
            lose(next, end());
        }
    }

    private static void lose(StateAction<?> request, RuntimeException why) {
        if (request instanceof Ask<?, ?> ask) {
            ask.fail(why);
        }
    }

    /** Returns the exception that tells how it has ended. */
    private OwnerEnded end() {
        if (!greenlet.state().isDone()) {
            return new OwnerEnded(name, "is stopping", null);
        }
        Outcome<?> outcome = greenlet.outcome();
        if (outcome instanceof Outcome.Failed<?> failed) {
            return new OwnerEnded(name, "has failed", failed.failure());
        }
        return outcome instanceof Outcome.Cancelled<?> cancelled
                ? new OwnerEnded(name, "was killed", cancelled.cause())
                : new OwnerEnded(name, "has ended", null);
    }

    /**
     * Sends a request without an answer. Returns at once, unless the owner's mailbox is full; see {@link Builder#overflow}. What
     * the request throws ends the owner.
     *
     * @throws OwnerEnded if the owner has ended or been stopped
     * @throws MailboxFull if the mailbox is full and its policy is {@link Overflow#FAIL}
     * @throws IllegalStateException if the owner would have to wait for room in its own mailbox
     */
    public void tell(StateAction<? super S> request) {
        Objects.requireNonNull(request, "request");
        if (Suspension.isOnLoop()) {
            Suspension.checkpoint();
        }
        requests.put(request);
    }

    /**
     * As {@link #tell}, but never waits, and works in a killed greenlet.
     *
     * @return false if the mailbox was full and the request was not sent
     * @throws OwnerEnded if the owner has ended or been stopped
     */
    public boolean tryTell(StateAction<? super S> request) {
        return requests.tryPut(Objects.requireNonNull(request, "request"));
    }

    /**
     * Asks a question, and waits for the answer.
     *
     * @throws X if the question throws it; unchecked exceptions come back likewise
     * @throws OwnerEnded if the owner has ended, or ends before it has answered
     * @throws MailboxFull if the mailbox is full and its policy is not {@link Overflow#WAIT}
     * @throws IllegalStateException if the owner asks itself
     */
    public <R extends @Nullable Object, X extends Exception> R ask(StateFunction<? super S, ? extends R, X> question)
            throws X {
        return answer(new Ask<>(this, question), null);
    }

    /**
     * As {@link #ask(StateFunction)}, but waits for at most {@code timeout}. If the owner has not begun by then, it never does; if
     * it has, it finishes, and the answer is dropped.
     *
     * @throws dev.weft.DeadlineExceeded if the time is up
     */
    public <R extends @Nullable Object, X extends Exception> R ask(
            StateFunction<? super S, ? extends R, X> question, Duration timeout) throws X {
        return answer(new Ask<>(this, question), Objects.requireNonNull(timeout, "timeout"));
    }

    /**
     * Returns an awaitable that asks {@code question} when the wait begins, for use in a select. If another clause is chosen, the
     * question is withdrawn, as when the time is up. For a single wait.
     */
    public <R extends @Nullable Object> Awaitable<R> asking(StateFunction<? super S, ? extends R, ?> question) {
        return new Ask<>(this, question);
    }

    private <R extends @Nullable Object> R answer(Ask<S, R> ask, @Nullable Duration timeout) {
        try {
            return Suspension.isOnLoop() ? Suspension.await(ask, timeout) : fromThread(ask, timeout);
        } catch (Throwable t) {
            ask.addSite(t);
            throw t;
        }
    }

    /** Has a greenlet at home ask, and blocks the calling thread. */
    private <R extends @Nullable Object> R fromThread(Ask<S, R> ask, @Nullable Duration timeout) {
        try {
            return home.call("ask " + name, () -> Suspension.await(ask, timeout));
        } catch (RejectedExecutionException e) {
            throw end();
        } catch (Cancelled e) {
            if (!Thread.currentThread().isInterrupted() && greenlet.state().isDone()) {
                throw end(); // the loop was closed
            }
            throw e;
        }
    }

    /** Sends {@code ask}, whose asker waits. */
    void send(Ask<S, ?> ask) {
        requireOther();
        requests.putQuestion(ask);
    }

    /** Throws if the caller is the owner's greenlet, which would wait for itself. */
    private void requireOther() {
        if (Thread.currentThread() == greenlet.thread()) {
            throw new IllegalStateException(
                    this + " waits for itself; a request has the state, and needs not ask for it");
        }
    }

    /**
     * Stops the owner in order: it accepts no more requests, handles those that are queued, and ends. Returns at once; join the
     * {@link #greenlet} to wait for the end.
     */
    public void stop() {
        requests.close();
    }

    /**
     * As {@link #stop()}, and waits until it has ended. After {@code grace} it is killed.
     *
     * @return whether it has handled all requests; false if it was killed, or has failed
     */
    public boolean stop(Duration grace) {
        stop();
        if (!Weft.joinAll(List.of(greenlet), grace)) {
            greenlet.kill("it was not done within " + grace);
            greenlet.killAndJoin(LAST_GRACE);
        }
        return greenlet.state() == Greenlet.State.RETURNED;
    }

    /** As {@link Greenlet#kill()}: requests that are queued are not handled, and the one being handled is cancelled. */
    public void kill() {
        greenlet.kill();
    }

    /** As {@link #kill()}, with a reason that becomes part of the messages. */
    public void kill(String reason) {
        greenlet.kill(reason);
    }

    /** Returns the greenlet, whose end is the owner's: to be joined, awaited and killed. It returns after a {@link #stop()}. */
    public Greenlet<@Nullable Void> greenlet() {
        return greenlet;
    }

    /** Returns the name. */
    public String name() {
        return name;
    }

    /** Returns the loop it lives on. */
    public Loop loop() {
        return home;
    }

    /** Returns the number of requests that are queued. */
    @Override
    public int size() {
        return requests.size();
    }

    /** Returns the number of requests that may be queued; {@link Measured#UNBOUNDED} if there is no limit. */
    @Override
    public int capacity() {
        return requests.capacity();
    }

    /** Returns a snapshot of its counters. */
    public Statistics statistics() {
        return new Statistics(requests.size(), handled, requests.dropped());
    }

    @Override
    public String toString() {
        return "owner \"" + name + "\"";
    }

    /** A builder for owners. Not thread-safe. */
    public static final class Builder {
        private final String name;
        private int capacity = 1024;
        private Overflow overflow = Overflow.WAIT;
        private @Nullable Loop loop;
        private @Nullable Scope scope;

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
        }

        /** Sets the loop it lives on; the caller's by default. Must be set if the caller is on none. */
        public Builder on(Loop home) {
            loop = Objects.requireNonNull(home, "home");
            return this;
        }

        /**
         * Makes the owner a child of {@code parent}, on whose loop it then lives and must be started: the scope ends after the
         * owner, which must be stopped, or is cancelled with the scope. A failure of the owner is the scope's.
         */
        public Builder in(Scope parent) {
            scope = Objects.requireNonNull(parent, "parent");
            return this;
        }

        /**
         * Sets how many requests may be queued before the {@linkplain #overflow policy} applies; 1024 by default. If that is to
         * wait, questions are always queued, as their senders wait anyway.
         *
         * @throws IllegalArgumentException if {@code most} is less than one
         */
        public Builder capacity(int most) {
            capacity = BoundedIntake.requirePositive(most);
            return this;
        }

        /** Sets no limit to the queue. There is no backpressure: make sure that the owner keeps up. */
        public Builder unbounded() {
            capacity = Measured.UNBOUNDED;
            return this;
        }

        /** Sets what happens to a request that is sent while the queue is full; {@link Overflow#WAIT} by default. */
        public Builder overflow(Overflow policy) {
            overflow = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * Starts the owner and waits until it has made its {@code state}, which its greenlet does. A failure of that is thrown
         * here, as it is; if the caller is killed meanwhile, so is the owner.
         *
         * @throws IllegalStateException if no loop was set and the caller is on none
         * @throws RejectedExecutionException if the loop is closing or closed
         */
        public <S> Owner<S> start(Callable<? extends S> state) {
            return start(state, present -> {});
        }

        /**
         * As {@link #start(Callable)}; {@code atEnd} is called by the owner's greenlet when it ends, also if it was killed or has
         * failed, to release what the state holds. If it was killed, a wait in it throws {@link Cancelled}.
         */
        public <S> Owner<S> start(Callable<? extends S> state, StateAction<? super S> atEnd) {
            Objects.requireNonNull(state, "state");
            Objects.requireNonNull(atEnd, "atEnd");
            Owner<S> owner = new Owner<>(this, home(), state, atEnd);
            owner.awaitStart();
            return owner;
        }

        private Loop home() {
            return loop == null || scope != null ? Loop.current() : loop;
        }

        private Greenlet<@Nullable Void> spawn(Loop home, Action body) {
            return scope == null ? home.spawn(name, body) : scope.spawn(name, body);
        }
    }
}
