package dev.weft.generator;

import dev.weft.jdk.ContinuationFlag;
import dev.weft.jdk.CoroutineStack;
import dev.weft.jdk.EntryFrame;
import dev.weft.jdk.HeldMonitors;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Sneaky;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An asymmetric, stackful, first-class coroutine: a body with its own stack that runs when it is resumed, until it suspends
 * itself, from any call depth, or ends. Values go both ways:
 *
 * <pre>{@code
 * var average = Coroutine.<Double, Double>of((out, first) -> {
 *     double sum = first;
 *     for (int count = 1; ; count++) {
 *         sum += out.suspend(sum / count);
 *     }
 * });
 * average.resume(10.0);   // 10.0
 * average.resume(20.0);   // 15.0
 * }</pre>
 *
 * <p>The rules for threads, waits, locks and bindings are those of {@link Generator}. A step (resume and suspend) costs some
 * 150 to 200 ns and allocates nothing.
 *
 * <p>The contract is Lua's (de Moura, Rodriguez and Ierusalimschy, <i>Coroutines in Lua</i>): the first input is the body's
 * argument, and the body's result is the last output. {@link #throwInto} and {@link #close} follow Python (PEP 342).
 *
 * @param <I> the input of each resume
 * @param <O> the output
 */
public final class Coroutine<I extends @Nullable Object, O extends @Nullable Object> implements AutoCloseable {
    private static final VarHandle OWNER;
    private static final EntryFrame ENTRY = new EntryFrame(Coroutine.class.getName(), "runBody");

    static {
        try {
            OWNER = MethodHandles.lookup().findVarHandle(Coroutine.class, "owner", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The code of a coroutine. */
    @FunctionalInterface
    public interface Body<I extends @Nullable Object, O extends @Nullable Object> {
        /**
         * Runs once, on the thread that resumes it.
         *
         * @param out suspends this body
         * @param first the input of the first resume
         * @return the output of the last resume
         */
        O run(Yielder<I, O> out, I first) throws Exception;
    }

    /**
     * The state of a coroutine.
     *
     * <pre>
     * NEW       -> RUNNING    the first resume
     * NEW       -> DONE       closed, or thrown into, before it started: the body never runs
     * RUNNING   -> SUSPENDED  the body suspends itself
     * SUSPENDED -> RUNNING    resume, throwInto
     * SUSPENDED -> CLOSING    close
     * RUNNING, CLOSING -> DONE   the body returned or threw
     * </pre>
     */
    private enum State {
        NEW,
        SUSPENDED,
        RUNNING,
        CLOSING,
        DONE
    }

    private final String kind;
    private final Object code; // the user's body
    private final Body<I, O> body;
    private final CoroutineStack stack;
    private @Nullable Thread owner; // set once, by compare-and-set; the fields below are confined to it
    private State state = State.NEW;
    private @Nullable Object value; // on its way in or out
    private @Nullable Throwable thrown; // on its way in or out
    private @Nullable Object scopeOfCaller; // the innermost scope of the resuming code, while the body runs
    private @Nullable Object regionOfCaller;

    /** Creates a coroutine called {@code kind} in messages; {@code body} wraps the user's {@code code}. */
    Coroutine(String kind, Object code, Body<I, O> body) {
        ContinuationFlag.require();
        this.kind = kind;
        this.code = Objects.requireNonNull(code, "body");
        this.body = body;
        this.stack = new CoroutineStack(this::runBody, ENTRY);
    }

    /**
     * Creates a coroutine; {@code body} does not start before the first {@link #resume}.
     *
     * @throws dev.weft.MissingFlag if the JVM runs without the flag that this package needs
     */
    public static <I extends @Nullable Object, O extends @Nullable Object> Coroutine<I, O> of(Body<I, O> body) {
        return new Coroutine<>("coroutine", body, body);
    }

    /**
     * Runs the body until it suspends itself or ends, and returns the value it suspended with or its result; {@link #isDone}
     * tells which. An exception of the body, checked or not, ends the coroutine and is thrown as it is.
     *
     * @param in the result of {@link Yielder#suspend} in the body; in the first call, the body's argument
     * @throws IllegalStateException if it has ended, is running, or belongs to another thread or greenlet
     */
    public O resume(I in) {
        claim();
        if (state == State.DONE) {
            throw new IllegalStateException(this + " cannot be resumed; check isDone() first");
        }
        value = in;
        return step(State.RUNNING);
    }

    /**
     * As {@link #resume}, but throws {@code failure} at the place where the body is suspended. If the body has not started,
     * it never runs, and {@code failure} is thrown to the caller.
     *
     * @throws IllegalStateException as {@link #resume}; {@code failure} is its cause if the coroutine has ended
     */
    public O throwInto(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        claim();
        if (state == State.DONE) {
            throw new IllegalStateException(this + " cannot be thrown into; check isDone() first", failure);
        }
        if (state == State.NEW) {
            state = State.DONE;
            throw Sneaky.rethrow(failure);
        }
        thrown = failure;
        return step(State.RUNNING);
    }

    /** Returns whether the body has ended or will never run. */
    public boolean isDone() {
        return state == State.DONE;
    }

    /**
     * Ends the coroutine: a suspended body is unwound, so that its {@code finally} blocks run; a body that has not started
     * never runs. Has no effect on one that has ended. Exceptions of {@code finally} blocks are thrown to the caller.
     *
     * @throws IllegalStateException if it is running, belongs to another thread or greenlet, or suspends itself while it is
     *     unwound (unless the body catches that)
     */
    @Override
    public void close() {
        if (state == State.DONE) {
            return;
        }
        claim();
        if (state == State.NEW) {
            state = State.DONE;
        } else {
            thrown = new Unwinding(this);
            step(State.CLOSING);
        }
    }

    private O step(State how) {
        state = how;
        scopeOfCaller = Suspension.openScope();
        regionOfCaller = Suspension.openRegion();
        try {
            stack.run();
        } catch (Throwable t) { // never from the body; for example a stack overflow before it is reached
            state = State.DONE;
            throw t;
        }
        scopeOfCaller = null;
        regionOfCaller = null;
        if (state != State.DONE) {
            state = State.SUSPENDED;
        }
        return this.<O>take();
    }

    /** Runs the body on the coroutine's stack; the other side of {@link #step}. */
    private void runBody() {
        try {
            value = body.run(this::suspend, this.<I>take());
        } catch (Throwable t) {
            value = null;
            thrown = t instanceof Unwinding unwinding && unwinding.isFor(this) ? null : t;
        } finally {
            state = State.DONE;
        }
    }

    private I suspend(O out) {
        if (state != State.RUNNING || owner != Thread.currentThread()) {
            throw notFromHere();
        }
        refuseOpenBlocks();
        if (HeldMonitors.CHECKED) {
            HeldMonitors.refuse(ENTRY);
        }
        value = out;
        stack.suspend();
        return this.<I>take();
    }

    /**
     * Throws if the body has opened a scope, deadline, shield or atomic region and not left it. These apply to a stack, and
     * would include the caller's: it would be cancelled by a foreign deadline, or shielded from kills.
     */
    void refuseOpenBlocks() {
        Object region = Suspension.openRegion();
        if (region != regionOfCaller) {
            throw openBlock(region);
        }
        Object scope = Suspension.openScope();
        if (scope != scopeOfCaller) {
            throw openBlock(scope);
        }
    }

    private IllegalStateException openBlock(@Nullable Object block) {
        return new IllegalStateException(this + " cannot emit out of " + (block == null ? "a block" : block)
                + " that its body has opened, as the consumer would run inside it. Leave the block before the emit, or"
                + " open it in the consumer");
    }

    /** Takes what the other side has left: returns the value or throws the failure. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"}) // an I inwards, an O outwards
    private <V extends @Nullable Object> V take() {
        Throwable failure = thrown;
        if (failure != null) {
            thrown = null;
            throw Sneaky.rethrow(failure);
        }
        Object taken = value;
        value = null;
        return (V) taken;
    }

    /** Throws unless the caller is the owner. */
    void requireOwner() {
        Thread caller = Thread.currentThread();
        if (owner != caller) {
            throw belongsToAnother(caller);
        }
    }

    private IllegalStateException belongsToAnother(Thread caller) {
        return new IllegalStateException(this + " belongs to " + owner + ", which ran it first, and was called by "
                + caller + "; use one for each thread or greenlet, or pass the values through a queue");
    }

    /** Makes the first caller the owner; throws for any other, or if called from within the body. */
    private void claim() {
        Thread caller = Thread.currentThread();
        if (owner != caller && !OWNER.compareAndSet(this, null, caller)) {
            throw belongsToAnother(caller);
        }
        if (state == State.RUNNING || state == State.CLOSING) {
            throw new IllegalStateException(this + " cannot be advanced or closed from within its own body;"
                    + " for recursion, pass the emitter on or create another generator");
        }
    }

    private IllegalStateException notFromHere() {
        if (state == State.CLOSING && owner == Thread.currentThread()) {
            return new IllegalStateException(
                    this + " must not emit while it is being closed; finally blocks may wait and throw, but not emit");
        }
        return new IllegalStateException(
                "emit of " + this + " was called by " + Thread.currentThread() + "; only the running body may emit");
    }

    /** Returns the class of the body and the state. */
    @Override
    public String toString() {
        return kind + " of " + code.getClass().getName() + " (" + state.name().toLowerCase(Locale.ROOT) + ")";
    }
}
