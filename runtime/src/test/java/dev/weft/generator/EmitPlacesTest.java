package dev.weft.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.Recorder;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where a body may emit from, and where it is told that it cannot. */
@Timeout(30)
class EmitPlacesTest {
    private final Recorder recorder = new Recorder();

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
        assertTrue(error.toString().contains("pass the emitter on"), error::toString);
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
        assertTrue(error.toString().contains("running body may emit"), error::toString);
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
                .contains("running body may emit"));
        assertEquals("inner", outer.next());
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
}
