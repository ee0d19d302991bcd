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
 * A sequence whose values are computed by ordinary code, one at a time, on demand. The body may emit from any call depth,
 * through recursion, lambdas and library code:
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
 * <p><b>One pass, lazy.</b> Nothing runs before the first value is requested; {@code hasNext} runs the body to its next
 * emit. An exception of the body, checked or not, is thrown by {@code hasNext} or {@code next} as it is, and ends the
 * sequence. Null is a value like any other. A step costs some 150 to 200 ns and allocates nothing.
 *
 * <p><b>Close it</b> if you may leave it half way: only then do the body's {@code finally} blocks run, before {@code close}
 * returns. A generator that is dropped is garbage-collected with its stack, and its {@code finally} blocks never run.
 *
 * <p><b>One thread.</b> A generator belongs to the thread or greenlet that first requests a value, and no other may advance
 * or close it: the JIT compiler assumes that a frame stays on one thread. The body runs on that thread, and reads and sets
 * its {@code ThreadLocal}s.
 *
 * <p><b>Waiting.</b> In a greenlet the body may wait, with {@code Weft.sleep} and {@code await}, on sockets, and on {@code
 * java.util.concurrent} locks: the greenlet waits, and continues inside the body. If it is killed there, {@code Cancelled}
 * propagates from the wait through the body and out of {@code next}. The same holds on any virtual thread. The exception is
 * {@code synchronized}, with {@code Object.wait}: a body that waits for a monitor blocks the loop's thread itself, for ever
 * if the holder is a greenlet of that loop.
 *
 * <p><b>Do not hold locks or bindings over an emit.</b> They belong to the thread, not to the body:
 *
 * <ul>
 *   <li>A monitor ({@code synchronized}) or {@code ReentrantLock} that the body holds still belongs to the thread. Other
 *       threads are excluded, but the caller, and every other body on this thread, can enter. {@code
 *       -Ddev.weft.generator.checkMonitors=true}, with {@code --add-opens java.base/jdk.internal.vm=ALL-UNNAMED}, makes an
 *       emit throw if the body holds a monitor.
 *   <li>The caller sees a {@code ScopedValue} that the body has bound; and the body may keep seeing a value that it has read
 *       before, although the caller has since bound another one.
 * </ul>
 *
 * <p>Weft's scopes, deadlines, shields and atomic regions apply to a stack. An emit out of one that the body has opened
 * throws {@link IllegalStateException} (Python's PEP 789 and Kotlin's {@code Flow} refuse it too), as the caller would be
 * cancelled by a foreign deadline. The caller may open any of them around {@code next}.
 *
 * <p>So collect under the lock and emit outside it; read scoped values beforehand and pass them on. Locks that the caller
 * holds while it requests a value are safe. Under a native frame or a class initialiser an emit throws.
 *
 * <p>The terms and the contract are Python's (PEP 255, 342), except for depth: there, each level needs a {@code yield from}.
 *
 * @param <T> the values
 */
@SuppressWarnings("IterableAndIterator") // one pass; a second iterator() throws
public final class Generator<T extends @Nullable Object> implements Iterator<T>, Iterable<T>, AutoCloseable {

    /** The code of a generator. */
    @FunctionalInterface
    public interface Body<T extends @Nullable Object> {
        /** Runs once, on the thread that requests the values. */
        void run(Emitter<T> out) throws Exception;
    }

    private final Coroutine<@Nullable Void, @Nullable T> coroutine;
    private boolean passTaken;
    private boolean ahead; // whether next is a value that hasNext has fetched
    private @Nullable T next;

    @SuppressWarnings("NullAway") // the end of the body is not a value, and a Void is always null
    private Generator(Body<T> body) {
        this.coroutine = new Coroutine<>("generator", body, (out, first) -> {
            body.run(out::suspend);
            return null;
        });
    }

    /**
     * Creates a generator of the values that {@code body} emits; the body does not start yet.
     *
     * @throws dev.weft.MissingFlag if the JVM runs without the flag that this package needs
     */
    public static <T extends @Nullable Object> Generator<T> of(Body<T> body) {
        return new Generator<>(body);
    }

    /**
     * Returns whether there is another value. Runs the body until it emits or ends, unless a value has been fetched already.
     *
     * @throws IllegalStateException if called within its own body, or not by its thread or greenlet
     */
    @Override
    public boolean hasNext() {
        return isAhead() || advance();
    }

    /**
     * Returns the next value; otherwise as {@link #hasNext}.
     *
     * @throws NoSuchElementException if the body has ended
     */
    @Override
    @SuppressWarnings("NullAway") // as nullable as T is
    public T next() {
        if (!isAhead() && !advance()) {
            throw new NoSuchElementException(this + " has no more values; check hasNext() first");
        }
        ahead = false;
        T value = next;
        next = null;
        return value;
    }

    /** Returns whether a value has been fetched already; only its thread may take it. */
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
     * Returns this, once, for a {@code for} loop.
     *
     * @throws IllegalStateException if this or {@link #stream} was called before: there is only one pass
     */
    @Override
    public Iterator<T> iterator() {
        takePass();
        return this;
    }

    /**
     * Returns the values as a stream, once; closing the stream closes the generator. Even a parallel stream is evaluated by
     * the thread that runs it, as the source cannot be split.
     *
     * @throws IllegalStateException if this or {@link #iterator} was called before: there is only one pass
     */
    public Stream<T> stream() {
        takePass();
        return StreamSupport.stream(new Source(), false).onClose(this::close);
    }

    private void takePass() {
        if (passTaken) {
            throw new IllegalStateException(this + " can be iterated only once; create another from the same body");
        }
        passTaken = true;
    }

    /**
     * Ends the generator: the body is unwound from its last emit, so that its {@code finally} blocks run, and {@code
     * hasNext} then returns false. A body that has not started never runs. Has no effect on a generator that has ended.
     * Exceptions of {@code finally} blocks are thrown to the caller.
     *
     * @throws IllegalStateException if called within its own body, or not by its thread or greenlet, or if the body emits
     *     while it is unwound
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

    /** Returns the class of the body and the state. */
    @Override
    public String toString() {
        return coroutine.toString();
    }

    /** A spliterator that never splits: the values are computed one after the other on one thread. */
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
        @SuppressWarnings("NullAway") // its contract allows null
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
