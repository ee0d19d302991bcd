package dev.weft.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.Recorder;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What holds on any thread. */
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
                .contains("passed through once"));
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
                .contains("must not emit any more"));
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
    void aBodyThatAdvancesItselfIsAnErrorThatNamesTheCure() {
        AtomicReference<@Nullable Generator<Integer>> self = new AtomicReference<>();
        Generator<Integer> generator = Generator.of(out -> {
            Generator<Integer> own = self.get();
            if (own != null) {
                own.next();
            }
        });
        self.set(generator);
        IllegalStateException error = assertThrows(IllegalStateException.class, generator::next);
        assertTrue(error.toString().contains("from within its own body"), error::toString);
        assertTrue(error.toString().contains("passes its emitter on"), error::toString);
        assertFalse(generator.hasNext());
    }

    @Test
    void aBodyThatClosesItselfIsAnError() {
        AtomicReference<@Nullable Generator<Integer>> self = new AtomicReference<>();
        Generator<Integer> generator = Generator.of(out -> {
            out.emit(1);
            Generator<Integer> own = self.get();
            if (own != null) {
                own.close();
            }
        });
        self.set(generator);
        assertEquals(1, generator.next());
        assertThrows(IllegalStateException.class, generator::next);
    }

    @Test
    void emittingFromOutsideTheBodyIsAnError() {
        AtomicReference<@Nullable Emitter<Integer>> leaked = new AtomicReference<>();
        Generator<Integer> generator = Generator.of(out -> {
            leaked.set(out);
            out.emit(1);
        });
        generator.next();
        assertOnlyTheBodyMayEmit(leaked.get());
        generator.close();
        assertOnlyTheBodyMayEmit(leaked.get());
    }

    private static void assertOnlyTheBodyMayEmit(@Nullable Emitter<Integer> emitter) {
        IllegalStateException error = assertThrows(IllegalStateException.class, () -> {
            if (emitter != null) {
                emitter.emit(2);
            }
        });
        assertTrue(error.toString().contains("only its running body may emit"), error::toString);
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
    void theBodyOfAnInnerGeneratorMayEmitToTheOuterOne() {
        Generator<String> outer = Generator.of(out -> {
            Generator<String> inner = Generator.of(toInner -> {
                out.emit("outer 1");
                toInner.emit("inner 1");
                out.emit("outer 2");
            });
            out.emit("by way of " + inner.next());
            assertFalse(inner.hasNext());
        });
        assertEquals(
                List.of("outer 1", "by way of inner 1", "outer 2"),
                outer.stream().toList());
    }

    @Test
    void closingTheOuterOneUnwindsAnInnerOneThatEmittedToIt() {
        Generator<String> outer = Generator.of(out -> {
            Generator<String> inner = Generator.of(toInner -> {
                try {
                    out.emit("from inner");
                } finally {
                    recorder.add("inner unwound");
                }
            });
            try {
                inner.next();
            } finally {
                recorder.add(inner.hasNext());
            }
        });
        outer.next();
        outer.close();
        recorder.assertHappened("inner unwound", false);
    }

    @Test
    void aGeneratorThatIsSetAsideWithAnotherCannotBeAdvancedNorEmittedTo() {
        AtomicReference<@Nullable Generator<String>> inside = new AtomicReference<>();
        AtomicReference<@Nullable Emitter<String>> emitter = new AtomicReference<>();
        Generator<String> outer = Generator.of(out -> {
            Generator<String> inner = Generator.of(toInner -> {
                emitter.set(toInner);
                out.emit("from inner");
                toInner.emit("inner");
            });
            inside.set(inner);
            out.emit(inner.next());
        });
        assertEquals("from inner", outer.next());
        Generator<String> inner = inside.get();
        Emitter<String> leaked = emitter.get();
        if (inner == null || leaked == null) {
            throw new AssertionError("the body has not run");
        }
        assertThrows(IllegalStateException.class, inner::next);
        assertTrue(assertThrows(IllegalStateException.class, () -> leaked.emit("x"))
                .toString()
                .contains("only its running body may emit"));
        assertEquals("inner", outer.next());
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

    @Test
    void emittingInAClassInitialiserIsAnErrorThatNamesTheClass() {
        Generator<Integer> generator = Generator.of(out -> {
            EMITTER.set(out);
            out.emit(EmitsInItsInitialiser.VALUE);
        });
        ExceptionInInitializerError error = assertThrows(ExceptionInInitializerError.class, generator::next);
        String cause = String.valueOf(error.getCause());
        assertTrue(cause.contains("the initialiser of class " + EmitsInItsInitialiser.class.getName()), cause);
    }

    private static final ThreadLocal<@Nullable Emitter<Integer>> EMITTER = new ThreadLocal<>();

    static final class EmitsInItsInitialiser {
        static final int VALUE;

        static {
            Emitter<Integer> out = EMITTER.get();
            if (out != null) {
                out.emit(1);
            }
            VALUE = 5;
        }

        private EmitsInItsInitialiser() {}
    }

    @Test
    @SuppressWarnings("restricted") // a native frame is what this is about
    void emittingBelowANativeFrameIsAnErrorThatSaysSo() throws Throwable {
        MethodHandle compare = MethodHandles.lookup()
                .bind(this, "compare", MethodType.methodType(int.class, MemorySegment.class, MemorySegment.class));
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment comparator = linker.upcallStub(
                    compare,
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS),
                    arena);
            MethodHandle sort = linker.downcallHandle(
                    linker.defaultLookup().find("qsort").orElseThrow(),
                    FunctionDescriptor.ofVoid(
                            ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
            MemorySegment two = arena.allocateFrom(ValueLayout.JAVA_INT, 2, 1);
            Generator<Integer> generator = Generator.of(out -> {
                EMITTER.set(out);
                try {
                    sort.invokeExact(two, 2L, 4L, comparator);
                } catch (Throwable t) {
                    throw new AssertionError(t);
                }
                out.emit(2);
            });
            assertEquals(2, generator.next());
            generator.close();
        }
        String error = recorder.events().get(0).toString();
        assertTrue(error.contains("cannot emit here: a native frame"), error);
    }

    @SuppressWarnings("unused") // called through qsort
    private int compare(MemorySegment left, MemorySegment right) {
        Emitter<Integer> out = EMITTER.get();
        try {
            if (out != null) {
                out.emit(1);
            }
        } catch (IllegalStateException e) {
            recorder.add(e);
        }
        return 0;
    }

    @Test
    void afterAnEmitThatCouldNotBeTheBodyMayEmitElsewhere() {
        Generator<Integer> generator = Generator.of(out -> {
            EMITTER.set(out);
            try {
                out.emit(EmitsOnce.VALUE);
            } catch (ExceptionInInitializerError e) {
                out.emit(7);
            }
        });
        assertEquals(7, generator.next());
        assertFalse(generator.hasNext());
    }

    static final class EmitsOnce {
        static final int VALUE;

        static {
            Emitter<Integer> out = EMITTER.get();
            if (out != null) {
                out.emit(1);
            }
            VALUE = 5;
        }

        private EmitsOnce() {}
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
