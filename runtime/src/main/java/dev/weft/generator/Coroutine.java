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
 * An asymmetric, stackful, first-class coroutine: a body that runs on a stack of its own whenever it is resumed, until it
 * suspends itself, from any call depth, or ends. Values go both ways:
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
 * <p>What holds for its thread, its waits, locks and bindings is said at {@link Generator}, and is the same here. A step
 * (resume and suspend) costs some 150 to 200 ns, and allocates nothing.
 *
 * <p>The contract is Lua's (de Moura, Rodriguez and Ierusalimschy, <i>Coroutines in Lua</i>): the first value that goes in
 * is the body's argument, and what the body returns is the last one that comes out. {@link #throwInto} and {@link #close}
 * are Python's (PEP 342).
 *
 * @param <I> what goes in with each resume
 * @param <O> what comes out
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

    /** What a coroutine runs. */
    @FunctionalInterface
    public interface Body<I extends @Nullable Object, O extends @Nullable Object> {
        /**
         * Runs once, on the thread that resumes it.
         *
         * @param out suspends this body
         * @param first what the first resume brings
         * @return what the last resume gives
         */
        O run(Yielder<I, O> out, I first) throws Exception;
    }

    /**
     * Where it stands.
     *
     * <pre>
     * NEW       -> RUNNING    the first resume
     * NEW       -> DONE       closed, or thrown into, before it ever ran: the body is left out
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
    private final Object code; // what the user wrote
    private final Body<I, O> body;
    private final CoroutineStack stack;
    private @Nullable Thread owner; // set once, by compare-and-set; all the rest belongs to it
    private State state = State.NEW;
    private @Nullable Object value; // on its way in or out
    private @Nullable Throwable thrown; // on its way in or out
    private @Nullable Object scopeOfCaller; // what the one who resumes it has open, while it runs
    private @Nullable Object regionOfCaller;

    /** One of a {@code kind} by which users know it, with a body that wraps their {@code code}. */
    Coroutine(String kind, Object code, Body<I, O> body) {
        ContinuationFlag.require();
        this.kind = kind;
        this.code = Objects.requireNonNull(code, "body");
        this.body = body;
        this.stack = new CoroutineStack(this::runBody, ENTRY);
    }

    /**
     * A coroutine that will run {@code body}; nothing of it runs before the first {@link #resume}.
     *
     * @throws dev.weft.MissingFlag if the JVM runs without the flag that this package needs
     */
    public static <I extends @Nullable Object, O extends @Nullable Object> Coroutine<I, O> of(Body<I, O> body) {
        return new Coroutine<>("coroutine", body, body);
    }

    /**
     * Runs the body until it suspends itself or ends, and gives what it suspends with or returns; {@link #isDone} tells
     * which. What the body throws comes out as it is, checked or not, and the coroutine has ended then.
     *
     * @param in what {@link Yielder#suspend} returns in the body; at first, the body's argument
     * @throws IllegalStateException if it has ended, is running, or belongs to another thread or greenlet
     */
    public O resume(I in) {
        claim();
        if (state == State.DONE) {
            throw new IllegalStateException(this + " cannot be resumed; ask isDone() before");
        }
        value = in;
        return step(State.RUNNING);
    }

    /**
     * As {@link #resume}, but {@code failure} is thrown at the place where the body is suspended. If it never ran, it never
     * will, and {@code failure} comes out at once.
     *
     * @throws IllegalStateException as {@link #resume}; {@code failure} is its cause if the coroutine has ended
     */
    public O throwInto(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        claim();
        if (state == State.DONE) {
            throw new IllegalStateException(this + " cannot be thrown into; ask isDone() before", failure);
        }
        if (state == State.NEW) {
            state = State.DONE;
            throw Sneaky.rethrow(failure);
        }
        thrown = failure;
        return step(State.RUNNING);
    }

    /** Whether the body has ended, or will never run. */
    public boolean isDone() {
        return state == State.DONE;
    }

    /**
     * Ends it: a suspended body is unwound, so that its {@code finally} blocks run; one that never ran never will. Does
     * nothing to one that has ended. What a {@code finally} block throws comes out.
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
        } catch (Throwable t) { // never the body's, but such as a stack overflow on the way to it
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

    /** The far end of {@link #step}: what the body runs in. */
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
     * Throws if the body has opened a scope, a deadline, a shield or an atomic region and has not left it. Those hold for
     * a stack, and the caller's would be inside: cancelled by a deadline that is not its own, or out of reach of kills.
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
                + " that its body has opened: the code that asks for the value would run inside it. Leave the block"
                + " first, and emit what it gave; or put it around the code that asks");
    }

    /** What the other side has left: a value, or something to throw. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"}) // in goes an I, out comes an O
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

    /** Throws if another thread than the caller has run it. */
    void requireOwner() {
        Thread caller = Thread.currentThread();
        if (owner != caller) {
            throw belongsToAnother(caller);
        }
    }

    private IllegalStateException belongsToAnother(Thread caller) {
        return new IllegalStateException(this + " belongs to " + owner + ", which ran it first, and was called by "
                + caller + "; make one for each thread or greenlet, or hand the values over through a queue");
    }

    /** Whoever comes first is the only one who may run the body; and not from within it. */
    private void claim() {
        Thread caller = Thread.currentThread();
        if (owner != caller && !OWNER.compareAndSet(this, null, caller)) {
            throw belongsToAnother(caller);
        }
        if (state == State.RUNNING || state == State.CLOSING) {
            throw new IllegalStateException(this + " cannot be advanced or closed from within its own body;"
                    + " a recursive body passes its emitter on, or makes another generator");
        }
    }

    private IllegalStateException notFromHere() {
        if (state == State.CLOSING && owner == Thread.currentThread()) {
            return new IllegalStateException(
                    this + " must not emit any more; finally blocks may wait and throw, but not emit");
        }
        return new IllegalStateException(
                this + " was asked to emit by " + Thread.currentThread() + "; only its running body may emit");
    }

    /** Whose body it is, and where it stands. */
    @Override
    public String toString() {
        return kind + " of " + code.getClass().getName() + " (" + state.name().toLowerCase(Locale.ROOT) + ")";
    }
}
