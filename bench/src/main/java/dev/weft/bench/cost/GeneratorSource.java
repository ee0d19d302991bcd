package dev.weft.bench.cost;

import dev.weft.generator.Generator;
import java.util.Iterator;
import jdk.internal.vm.Continuation;
import jdk.internal.vm.ContinuationScope;

/** Implementations of an endless sequence of small numbers. A sequence is advanced by the thread that opens it. */
public enum GeneratorSource {
    GENERATOR {
        @Override
        Iterator<Long> open() {
            return Generator.of(out -> {
                long number = 0;
                while (true) {
                    out.emit(number++ & 127); // boxed from the JDK's cache, so that no allocation is measured
                }
            });
        }
    },
    /** A bare JDK continuation that only runs and yields: a lower bound for generators. */
    BARE {
        @Override
        Iterator<Long> open() {
            return new BareContinuation();
        }
    },
    /** A hand-written iterator, without a coroutine. */
    ITERATOR {
        @Override
        Iterator<Long> open() {
            return new ByHand();
        }
    };

    abstract Iterator<Long> open();

    private static final class BareContinuation implements Iterator<Long> {
        private static final ContinuationScope SCOPE = new ContinuationScope("bare");
        private final Continuation continuation = new Continuation(SCOPE, this::count);
        private long number = -1;

        private void count() {
            while (true) {
                number++;
                Continuation.yield(SCOPE);
            }
        }

        @Override
        public boolean hasNext() {
            return true;
        }

        @Override
        public Long next() {
            continuation.run();
            return number & 127;
        }
    }

    private static final class ByHand implements Iterator<Long> {
        private long number;

        @Override
        public boolean hasNext() {
            return true;
        }

        @Override
        @SuppressWarnings("IteratorNextCanNotThrowNoSuchElementException") // it is endless
        public Long next() {
            return number++ & 127;
        }
    }
}
