package dev.weft.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.Recorder;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of a generator: closed, failed, or dropped. */
@Timeout(30)
class GeneratorCloseTest {
    private final Recorder recorder = new Recorder();

    /** Emits 1 to 3, and records that it is unwound. */
    private Generator<Integer> recorded() {
        return Generator.of(out -> {
            try {
                out.emitAll(List.of(1, 2, 3));
                recorder.add("end");
            } finally {
                recorder.add("finally");
            }
        });
    }

    @Test
    void closingTheStreamClosesTheGenerator() {
        try (Stream<Integer> stream = recorded().stream()) {
            assertEquals(1, stream.findFirst().orElseThrow());
            recorder.assertHappened();
        }
        recorder.assertHappened("finally");
    }

    @Test
    void closingAnUnfinishedOneRunsItsFinallyBlocks() {
        try (Generator<Integer> generator = recorded()) {
            assertEquals(1, generator.next());
        }
        recorder.assertHappened("finally");
    }

    @Test
    void closingIsNotStoppedByACatchOfExceptions() {
        Generator<Integer> generator = Generator.of(out -> {
            while (true) {
                try {
                    out.emit(1);
                } catch (Exception e) {
                    recorder.add(e);
                }
            }
        });
        generator.next();
        generator.close();
        recorder.assertHappened();
        assertFalse(generator.hasNext());
    }

    @Test
    void afterCloseThereAreNoMoreValues() {
        Generator<Integer> generator = recorded();
        assertTrue(generator.hasNext());
        generator.close();
        assertFalse(generator.hasNext());
        assertThrows(NoSuchElementException.class, generator::next);
        generator.close();
        recorder.assertHappened("finally");
    }

    @Test
    void closingOneThatNeverRanLeavesTheBodyOut() {
        Generator<Integer> generator = recorded();
        generator.close();
        assertFalse(generator.hasNext());
        recorder.assertHappened();
    }

    @Test
    void closingAFinishedOneDoesNothing() {
        Generator<Integer> generator = recorded();
        generator.forEachRemaining(value -> {});
        recorder.assertHappened("end", "finally");
        generator.close();
        recorder.assertHappened();
    }

    @Test
    void aFinallyBlockThatThrowsThrowsOutOfClose() {
        Generator<Integer> generator = Generator.of(out -> {
            try {
                out.emit(1);
            } finally {
                throwUnchecked();
            }
        });
        generator.next();
        assertEquals(
                "unchecked",
                assertThrows(ArithmeticException.class, generator::close).getMessage());
        assertFalse(generator.hasNext());
    }

    private static void throwUnchecked() {
        throw new ArithmeticException("unchecked");
    }

    @Test
    void emittingWhileBeingClosedIsAnError() {
        Generator<Integer> generator = Generator.of(out -> {
            try {
                out.emit(1);
            } finally {
                out.emit(2);
            }
        });
        generator.next();
        assertTrue(assertThrows(IllegalStateException.class, generator::close)
                .toString()
                .contains("must not emit while it is being closed"));
        assertFalse(generator.hasNext());
    }

    @Test
    void anExceptionOfTheBodyComesOutAsItIs() {
        IOException failure = new IOException("checked");
        Generator<Integer> generator = Generator.of(out -> {
            out.emit(1);
            throw failure;
        });
        generator.next();
        assertSame(failure, assertThrows(IOException.class, generator::next));
        assertFalse(generator.hasNext());
        assertThrows(NoSuchElementException.class, generator::next);
        Generator<Integer> asked = Generator.of(out -> {
            throw failure;
        });
        assertSame(failure, assertThrows(IOException.class, asked::hasNext));
        assertFalse(asked.hasNext());
    }

    @Test
    void theStackTraceShowsTheBodyAndWhoAskedForTheValue() {
        Generator<Integer> generator = Generator.of(out -> throwUnchecked());
        List<String> methods = Arrays.stream(
                        assertThrows(ArithmeticException.class, generator::next).getStackTrace())
                .map(StackTraceElement::getMethodName)
                .toList();
        assertTrue(methods.contains("throwUnchecked"), methods::toString);
        assertTrue(
                methods.indexOf("throwUnchecked") < methods.indexOf("theStackTraceShowsTheBodyAndWhoAskedForTheValue"),
                methods::toString);
    }

    @Test
    void emitAllClosesAGeneratorThatItTakesFrom() {
        try (Generator<Integer> outer = Generator.of(out -> out.emitAll(recorded()))) {
            assertEquals(1, outer.next());
            recorder.assertHappened();
        }
        recorder.assertHappened("finally");
        assertEquals(
                List.of(1, 2, 3),
                Generator.<Integer>of(out -> out.emitAll(recorded())).stream().toList());
        recorder.assertHappened("end", "finally");
    }

    @Test
    void oneThatIsDroppedIsCollectedAndDoesNotRunItsFinallyBlocks() {
        WeakReference<Object> dropped = dropped();
        while (dropped.get() != null) {
            System.gc();
        }
        recorder.assertHappened();
    }

    private WeakReference<Object> dropped() {
        Object onItsStack = new Object();
        Generator<Integer> generator = Generator.of(out -> {
            try {
                out.emit(1);
                recorder.add(onItsStack);
            } finally {
                recorder.add("finally");
            }
        });
        generator.next();
        return new WeakReference<>(onItsStack);
    }
}
