package dev.weft.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.Recorder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class CoroutineTest {
    private final Recorder recorder = new Recorder();

    /** Answers each value with its text, until "end"; records what is thrown into it. */
    private Coroutine<Object, String> echo() {
        return Coroutine.of((out, first) -> {
            Object in = first;
            while (!in.equals("end")) {
                try {
                    in = out.suspend("got " + in);
                } catch (IllegalArgumentException e) {
                    recorder.add(e);
                    in = e.getClass().getSimpleName();
                }
            }
            return "ended";
        });
    }

    @Test
    void valuesGoInAndComeOut() {
        Coroutine<Object, String> echo = echo();
        assertEquals("got 1", echo.resume(1));
        assertEquals("got 2", echo.resume(2));
        assertFalse(echo.isDone());
        assertEquals("ended", echo.resume("end"));
        assertTrue(echo.isDone());
    }

    @Test
    void theExampleOfItsCommentIsRight() {
        Coroutine<Double, Double> average = Coroutine.of((out, first) -> {
            double sum = first;
            for (int count = 1; ; count++) {
                sum += out.suspend(sum / count);
            }
        });
        assertEquals(10.0, average.resume(10.0));
        assertEquals(15.0, average.resume(20.0));
        average.close();
    }

    @Test
    void nothingRunsBeforeTheFirstResume() {
        Coroutine<Integer, Integer> coroutine = Coroutine.of((out, first) -> {
            recorder.add(first);
            return first;
        });
        recorder.assertHappened();
        assertFalse(coroutine.isDone());
        assertEquals(3, coroutine.resume(3));
        recorder.assertHappened(3);
    }

    @Test
    @SuppressWarnings("NullAway") // it does not look into type arguments
    void nullGoesInAndComesOut() {
        Coroutine<@Nullable String, @Nullable String> coroutine = Coroutine.of((out, first) -> {
            recorder.add(first == null);
            recorder.add(out.suspend(null) == null);
            return null;
        });
        assertSame(null, coroutine.resume(null));
        assertSame(null, coroutine.resume(null));
        recorder.assertHappened(true, true);
    }

    @Test
    void resumingOneThatHasEndedIsAnError() {
        Coroutine<Object, String> echo = echo();
        echo.resume("end");
        assertTrue(assertThrows(IllegalStateException.class, () -> echo.resume(1))
                .toString()
                .contains("isDone()"));
        IOException late = new IOException("late");
        assertSame(
                late,
                assertThrows(IllegalStateException.class, () -> echo.throwInto(late))
                        .getCause());
        echo.close();
    }

    @Test
    void whatIsThrownIntoItComesOutOfSuspend() {
        Coroutine<Object, String> echo = echo();
        echo.resume(1);
        IllegalArgumentException failure = new IllegalArgumentException("thrown in");
        assertEquals("got IllegalArgumentException", echo.throwInto(failure));
        recorder.assertHappened(failure);
        assertEquals("got 2", echo.resume(2));
    }

    @Test
    void whatTheBodyDoesNotCatchComesOutOfThrowInto() {
        Coroutine<Object, String> echo = echo();
        echo.resume(1);
        ArithmeticException failure = new ArithmeticException("not caught");
        assertSame(failure, assertThrows(ArithmeticException.class, () -> echo.throwInto(failure)));
        assertTrue(echo.isDone());
    }

    @Test
    void throwingIntoOneThatNeverRanLeavesTheBodyOut() {
        Coroutine<Integer, Integer> coroutine = Coroutine.of((out, first) -> {
            recorder.add("ran");
            return first;
        });
        IOException failure = new FileNotFoundException("never ran");
        assertSame(failure, assertThrows(FileNotFoundException.class, () -> coroutine.throwInto(failure)));
        assertTrue(coroutine.isDone());
        recorder.assertHappened();
    }

    @Test
    void aFailureOfTheBodyComesOutOfResumeAsItIs() {
        IOException failure = new IOException("checked");
        Coroutine<Integer, Integer> coroutine = Coroutine.of((out, first) -> {
            throw failure;
        });
        assertSame(failure, assertThrows(IOException.class, () -> coroutine.resume(1)));
        assertTrue(coroutine.isDone());
    }

    @Test
    void closingUnwindsTheBody() {
        Coroutine<Integer, Integer> coroutine = Coroutine.of((out, first) -> {
            try {
                return out.suspend(first);
            } finally {
                recorder.add("finally");
            }
        });
        assertEquals(1, coroutine.resume(1));
        coroutine.close();
        recorder.assertHappened("finally");
        assertTrue(coroutine.isDone());
        coroutine.close();
    }

    @Test
    void aBodyThatSwallowsTheUnwindingAndReturnsIsClosed() {
        Coroutine<Integer, Integer> coroutine = Coroutine.of((out, first) -> {
            try {
                out.suspend(first);
            } catch (Throwable t) {
                recorder.add("swallowed");
            }
            return 7;
        });
        coroutine.resume(1);
        coroutine.close();
        recorder.assertHappened("swallowed");
        assertTrue(coroutine.isDone());
    }

    @Test
    void resumingFromWithinTheBodyIsAnError() {
        AtomicReference<@Nullable Coroutine<Integer, Integer>> self = new AtomicReference<>();
        Coroutine<Integer, Integer> coroutine = Coroutine.of((out, first) -> {
            Coroutine<Integer, Integer> own = self.get();
            return own == null ? 0 : own.resume(first);
        });
        self.set(coroutine);
        assertTrue(assertThrows(IllegalStateException.class, () -> coroutine.resume(1))
                .toString()
                .contains("from within its own body"));
    }

    @Test
    void closingFromAFinallyBlockThatIsRunByCloseIsAnError() {
        AtomicReference<@Nullable Coroutine<Integer, Integer>> self = new AtomicReference<>();
        Coroutine<Integer, Integer> coroutine = Coroutine.of((out, first) -> {
            try {
                return out.suspend(first);
            } finally {
                Coroutine<Integer, Integer> own = self.get();
                if (own != null) {
                    own.close();
                }
            }
        });
        self.set(coroutine);
        coroutine.resume(1);
        assertThrows(IllegalStateException.class, coroutine::close);
        assertTrue(coroutine.isDone());
    }

    @Test
    void aStackOverflowInTheBodyComesOutAndTheNextOneRuns() {
        Coroutine<Integer, Integer> endless = Coroutine.of((out, first) -> overflow(first));
        assertThrows(StackOverflowError.class, () -> endless.resume(1));
        assertTrue(endless.isDone());
        assertEquals("got 1", echo().resume(1));
    }

    @SuppressWarnings("InfiniteRecursion") // what is wanted
    private static int overflow(int i) {
        return overflow(i + 1) + 1;
    }
}
