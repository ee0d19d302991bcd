package dev.weft.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.Recorder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Values come out of a body, one by one, whatever the thread. */
@Timeout(30)
class GeneratorTest {
    private final Recorder recorder = new Recorder();

    private static Generator<Integer> upTo(int end) {
        return Generator.of(out -> {
            for (int i = 1; i <= end; i++) {
                out.emit(i);
            }
        });
    }

    @Test
    void valuesComeInOrderAndThenItEnds() {
        Generator<Integer> numbers = upTo(3);
        assertEquals(1, numbers.next());
        assertTrue(numbers.hasNext());
        assertTrue(numbers.hasNext());
        assertEquals(2, numbers.next());
        assertEquals(3, numbers.next());
        assertFalse(numbers.hasNext());
        assertTrue(assertThrows(NoSuchElementException.class, numbers::next)
                .toString()
                .contains("hasNext()"));
    }

    @Test
    void anEmptyBodyHasNoValues() {
        assertFalse(Generator.of(out -> {}).hasNext());
    }

    @Test
    void nothingRunsBeforeTheFirstValueIsAskedForNorAfterIt() {
        Generator<Integer> generator = Generator.of(out -> {
            recorder.add("before 1");
            out.emit(1);
            recorder.add("before 2");
            out.emit(2);
        });
        recorder.assertHappened();
        assertEquals(1, generator.next());
        recorder.assertHappened("before 1");
        assertTrue(generator.hasNext());
        recorder.assertHappened("before 2");
        assertEquals(2, generator.next());
        recorder.assertHappened();
        generator.close();
    }

    @Test
    @SuppressWarnings("NullAway") // it does not look into type arguments
    void nullIsAValue() {
        Generator<@Nullable String> generator = Generator.of(out -> {
            out.emit(null);
            out.emit("a");
            out.emit(null);
        });
        List<@Nullable String> values = new ArrayList<>();
        generator.forEachRemaining(values::add);
        assertEquals(Arrays.asList(null, "a", null), values);
    }

    @Test
    void emitsFromAnyDepthThroughRecursionLambdasAndLibraryCode() {
        Generator<Integer> generator = Generator.of(out -> {
            dive(1000, out);
            List.of(2, 3).forEach(out::emit);
            Stream.of(5, 4).sorted().forEach(out::emit);
            new java.util.TreeMap<>(java.util.Map.of(6, "")).computeIfPresent(6, (key, value) -> {
                out.emit(key);
                return value;
            });
        });
        assertEquals(List.of(1, 2, 3, 4, 5, 6), generator.stream().toList());
    }

    private static void dive(int depth, Emitter<Integer> out) {
        if (depth == 0) {
            out.emit(1);
        } else {
            dive(depth - 1, out);
        }
    }

    @Test
    void emitsThroughReflection() throws Exception {
        var method = GeneratorTest.class.getDeclaredMethod("dive", int.class, Emitter.class);
        Generator<Integer> generator = Generator.of(out -> method.invoke(null, 3, out));
        assertEquals(List.of(1), generator.stream().toList());
    }

    @Test
    void aForLoopTakesAll() {
        int sum = 0;
        for (int value : upTo(4)) {
            sum += value;
        }
        assertEquals(10, sum);
    }

    @Test
    void theSecondPassIsAnErrorThatSaysSo() {
        Generator<Integer> generator = upTo(3);
        Iterator<Integer> pass = generator.iterator();
        assertSame(generator, pass);
        assertTrue(assertThrows(IllegalStateException.class, generator::iterator)
                .toString()
                .contains("iterated only once"));
        assertThrows(IllegalStateException.class, generator::stream);
        assertEquals(1, pass.next());
        Generator<Integer> streamed = upTo(3);
        assertEquals(3, streamed.stream().count());
        assertThrows(IllegalStateException.class, streamed::iterator);
    }

    @Test
    void aStreamIsLazyAndOrdered() {
        Generator<Integer> endless = Generator.of(out -> {
            for (int i = 0; ; i++) {
                recorder.add(i);
                out.emit(i);
            }
        });
        assertEquals(
                List.of(0, 2), endless.stream().filter(i -> i % 2 == 0).limit(2).toList());
        recorder.assertHappened(0, 1, 2);
    }

    @Test
    void aParallelStreamDrawsFromTheOneThread() {
        List<Integer> doubled = upTo(1000).stream().parallel().map(i -> 2 * i).toList();
        assertEquals(IntStream.rangeClosed(1, 1000).map(i -> 2 * i).boxed().toList(), doubled);
    }

    @Test
    void generatorsNestByMeansOfEachOther() {
        Generator<Integer> squares = Generator.of(out -> {
            for (int value : upTo(3)) {
                out.emit(value * value);
            }
        });
        Generator<Integer> sums = Generator.of(out -> {
            int sum = 0;
            for (int value : squares) {
                sum += value;
                out.emit(sum);
            }
        });
        assertEquals(List.of(1, 5, 14), sums.stream().toList());
    }

    @Test
    void stepsTakenInTurnKeepTheirValuesApart() {
        Generator<Integer> odd = Generator.of(out -> {
            for (int i = 1; ; i += 2) {
                out.emit(i);
            }
        });
        Generator<Integer> even = Generator.of(out -> {
            for (int i = 2; ; i += 2) {
                out.emit(i);
            }
        });
        for (int i = 1; i < 10_000; i += 2) {
            assertEquals(i, odd.next());
            assertEquals(i + 1, even.next());
        }
        odd.close();
        even.close();
    }

    @Test
    void itSaysWhatItIsAndWhereItStands() {
        Generator<Integer> generator = upTo(1);
        assertTrue(generator.toString().startsWith("generator of " + GeneratorTest.class.getName()));
        assertTrue(generator.toString().endsWith("(new)"), generator::toString);
        generator.next();
        assertTrue(generator.toString().endsWith("(suspended)"), generator::toString);
        generator.close();
        assertTrue(generator.toString().endsWith("(done)"), generator::toString);
    }

    @Test
    void aThreadLocalIsThatOfTheThreadThatAsks() {
        ThreadLocal<String> local = ThreadLocal.withInitial(() -> "none");
        local.set("caller's");
        Generator<String> generator = Generator.of(out -> {
            out.emit(local.get());
            local.set("body's");
            out.emit("");
        });
        assertEquals("caller's", generator.next());
        generator.next();
        assertEquals("body's", local.get());
        generator.close();
    }

    @Test
    @SuppressWarnings("NullAway") // what is tested
    void aBodyIsRequired() {
        assertThrows(NullPointerException.class, () -> Generator.<Integer>of(null));
    }
}
