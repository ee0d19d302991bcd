package dev.weft.generator;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Spliterator;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * A sequence whose values are computed by ordinary code, one at a time, when they are asked for. The body may emit from any
 * call depth, through recursion, lambdas and library code:
 *
 * <pre>{@code
 * static void walk(Path folder, Emitter<Path> out) throws IOException {
 *     try (var entries = Files.newDirectoryStream(folder)) {
 *         for (Path entry : entries) {
 *             out.emit(entry);
 *             if (Files.isDirectory(entry)) walk(entry, out);
 *         }
 *     }
 * }
 * try (var paths = Generator.<Path>of(out -> walk(start, out))) {
 *     for (Path path : paths) if (wanted(path)) return path;
 * }
 * }</pre>
 *
 * <p><b>One pass, lazy.</b> Nothing runs before the first value is asked for; {@code hasNext} runs the body to its next
 * emit. What the body throws comes out of {@code hasNext} or {@code next} as it is, checked or not, and ends the sequence.
 * Null is a value like any other. A step costs some 150 to 200 ns, and allocates nothing.
 *
 * <p><b>Close it</b> if you may leave it half-way: only then do the body's {@code finally} blocks run, before {@code close}
 * returns. One that is dropped is collected like any object, with its stack, and its {@code finally} blocks never run.
 *
 * <p><b>One thread.</b> It belongs to the thread, or greenlet, that first asks it for a value, and no other may advance or
 * close it: the JIT compiler takes it for granted that the code of one frame stays on one thread. The body runs on that
 * thread: it sees the thread's {@code ThreadLocal}s, and sets them for it.
 *
 * <p><b>Waiting.</b> Within a greenlet the body may wait, by {@code Weft.sleep} and {@code await}, on sockets, and on the
 * locks of {@code java.util.concurrent}: the greenlet waits, and goes on inside the body. If it is killed there,
 * {@code Cancelled} comes out of the wait, through the body, out of {@code next}. The same holds on any virtual
 * thread. The one exception is {@code synchronized}, with {@code Object.wait}: a body that has to wait for a monitor blocks
 * the loop's thread itself, for ever if the holder is a greenlet of that loop.
 *
 * <p><b>Emit with empty hands.</b> Locks and bindings belong to the thread, not to the body. Over an emit,
 *
 * <ul>
 *   <li>a monitor ({@code synchronized}) or a {@code ReentrantLock} that the body holds stays the thread's: other threads
 *       are kept out, but the caller, and every other body on this thread, comes in beside. {@code
 *       -Ddev.weft.generator.checkMonitors=true}, with {@code --add-opens java.base/jdk.internal.vm=ALL-UNNAMED}, makes an
 *       emit throw that is under a monitor of the body;
 *   <li>a {@code ScopedValue} that the body has bound is seen by the caller; and the body may go on seeing what it has read
 *       once, though the caller has bound another value since.
 * </ul>
 *
 * <p>Scopes, deadlines, shields and atomic regions of {@code Weft} hold for a stack: an emit out of one that the body has
 * opened throws {@link IllegalStateException} (Python's PEP 789 and Kotlin's {@code Flow} refuse it too), as the caller
 * would be cancelled by a deadline that is not its own. The caller may put what it likes around {@code next}.
 *
 * <p>So collect under the lock, and emit outside; read scoped values before, and pass them on. What the caller holds while it asks for a value is safe. Under a native
 * frame or a class initialiser the body cannot emit: that throws.
 *
 * <p>The words and the contract are Python's (PEP 255, 342), but for depth: there each level needs a {@code yield from}.
 *
 * @param <T> the values
 */
@SuppressWarnings("IterableAndIterator") // one pass, and the second iterator() says so
public final class Generator<T extends @Nullable Object> implements Iterator<T>, Iterable<T>, AutoCloseable {

    /** What a generator runs. */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object> {
        /** Runs once, on the thread that asks for the values. */
        void run(Emitter<T> out) throws Exception;
    }

    private final Coroutine<@Nullable Void, @Nullable T> coroutine;
    private boolean passTaken;
    private boolean ahead; // whether next is a value that was asked for by hasNext only
    private @Nullable T next;

    @SuppressWarnings("NullAway") // the body's end is no value; and a Void is always null
    private Generator(Body<T> body) {
        this.coroutine = new Coroutine<>("generator", body, (out, first) -> {
            body.run(out::suspend);
            return null;
        });
    }

    /**
     * A generator of what {@code body} emits; nothing of it runs yet.
     *
     * @throws dev.weft.MissingFlag if the JVM runs without the flag that this package needs
     */
    public static <T extends @Nullable Object> Generator<T> of(Body<T> body) {
        return new Generator<>(body);
    }

    /**
     * Runs the body until it emits or ends, unless a value is there already.
     *
     * @throws IllegalStateException if called within its own body, or by another thread or greenlet than before
     */
    @Override
    public boolean hasNext() {
        return isAhead() || advance();
    }

    /**
     * The next value; as {@link #hasNext} otherwise.
     *
     * @throws NoSuchElementException if the body has ended
     */
    @Override
    @SuppressWarnings("NullAway") // as nullable as T is
    public T next() {
        if (!isAhead() && !advance()) {
            throw new NoSuchElementException(this + " has no more values; ask hasNext() before");
        }
        ahead = false;
        T value = next;
        next = null;
        return value;
    }

    /** Whether a value is there already; it is for the thread that fetched it, and for no other. */
    private boolean isAhead() {
        if (ahead) {
            coroutine.requireOwner();
        }
        return ahead;
    }

    @SuppressWarnings("NullAway") // a Void is always null
    private boolean advance() {
        if (coroutine.isDone()) {
            return false;
        }
        next = coroutine.resume(null);
        ahead = !coroutine.isDone();
        return ahead;
    }

    /**
     * Itself, once, for a {@code for} loop.
     *
     * @throws IllegalStateException at the second call of this or {@link #stream}: there is but one pass
     */
    @Override
    public Iterator<T> iterator() {
        takePass();
        return this;
    }

    /**
     * Its values as a stream, once; closing the stream closes the generator. It is evaluated by the thread that runs it also
     * if it is made parallel, as the source cannot be split.
     *
     * @throws IllegalStateException at the second call of this or {@link #iterator}: there is but one pass
     */
    public Stream<T> stream() {
        takePass();
        return StreamSupport.stream(new Source(), false).onClose(this::close);
    }

    private void takePass() {
        if (passTaken) {
            throw new IllegalStateException(
                    this + " can be passed through once, and has been given out; make another from the same body");
        }
        passTaken = true;
    }

    /**
     * Ends it: the body is unwound from where it last emitted, so that its {@code finally} blocks run, and {@code hasNext}
     * is false from then on. Does nothing if it has ended; if the body never ran, it never will. What a {@code finally} block
     * throws comes out.
     *
     * @throws IllegalStateException if called within its own body, or by another thread or greenlet than before; or if the
     *     body emits while it is unwound
     */
    @Override
    public void close() {
        try {
            coroutine.close();
        } finally {
            if (coroutine.isDone()) {
                ahead = false;
                next = null;
            }
        }
    }

    /** Whose body it is, and where it stands. */
    @Override
    public String toString() {
        return coroutine.toString();
    }

    /** Never splits: the values come one after the other, on one thread. */
    private final class Source implements Spliterator<T> {
        @Override
        public boolean tryAdvance(Consumer<? super T> action) {
            Objects.requireNonNull(action, "action");
            if (!hasNext()) {
                return false;
            }
            action.accept(next());
            return true;
        }

        @Override
        @SuppressWarnings("NullAway") // as its contract has it
        public @Nullable Spliterator<T> trySplit() {
            return null;
        }

        @Override
        public long estimateSize() {
            return Long.MAX_VALUE;
        }

        @Override
        public int characteristics() {
            return ORDERED;
        }
    }
}
