package dev.weft.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.Recorder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A generator stays with the thread that ran it first: moved ones see the wrong current thread once they are compiled. */
@Timeout(30)
class OwnerTest {
    private static final ThreadFactory PLATFORM = Thread.ofPlatform().factory();
    private static final ThreadFactory VIRTUAL = Thread.ofVirtual().factory();

    private static void in(ThreadFactory threads, Executable action) throws Exception {
        FutureTask<Void> task = new FutureTask<>(
                () -> {
                    try {
                        action.execute();
                    } catch (Throwable t) {
                        throw new AssertionError("in the other thread", t);
                    }
                },
                null);
        threads.newThread(task).start();
        task.get();
    }

    private static Generator<Integer> numbers(Recorder recorder) {
        return Generator.of(out -> {
            try {
                for (int i = 1; ; i++) {
                    out.emit(i);
                }
            } finally {
                recorder.add("finally");
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anotherThreadCannotAdvanceItAndIsToldWhatToDo(boolean virtual) throws Exception {
        Recorder recorder = new Recorder();
        Generator<Integer> generator = numbers(recorder);
        assertEquals(1, generator.next());
        in(virtual ? VIRTUAL : PLATFORM, () -> {
            IllegalStateException error = assertThrows(IllegalStateException.class, generator::next);
            assertTrue(error.toString().contains("belongs to Thread["), error::toString);
            assertTrue(error.toString().contains("through a queue"), error::toString);
            assertThrows(IllegalStateException.class, generator::close);
        });
        assertEquals(2, generator.next());
        recorder.assertHappened();
        generator.close();
        recorder.assertHappened("finally");
    }

    @Test
    void oneThatNeverRanMayBeHandedOn() throws Exception {
        Generator<Integer> generator = numbers(new Recorder());
        in(PLATFORM, () -> assertEquals(1, generator.next()));
        assertTrue(assertThrows(IllegalStateException.class, generator::next)
                .toString()
                .contains("belongs to"));
    }

    @Test
    void anyThreadMayCloseOneThatHasEnded() throws Exception {
        Generator<Integer> generator = Generator.of(out -> out.emit(1));
        generator.forEachRemaining(value -> {});
        in(PLATFORM, generator::close);
    }

    @Test
    void ofThreadsThatComeAtOnceExactlyOneGetsIt() throws Exception {
        for (int round = 0; round < 500; round++) {
            Generator<Integer> generator = numbers(new Recorder());
            CyclicBarrier start = new CyclicBarrier(3);
            AtomicInteger refused = new AtomicInteger();
            List<FutureTask<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                FutureTask<Integer> task = new FutureTask<>(() -> {
                    start.await();
                    try {
                        return generator.next() + generator.next();
                    } catch (IllegalStateException e) {
                        refused.incrementAndGet();
                        return 0;
                    }
                });
                tasks.add(task);
                PLATFORM.newThread(task).start();
            }
            int sum = 0;
            for (FutureTask<Integer> task : tasks) {
                sum += task.get();
            }
            assertEquals(3, sum);
            assertEquals(2, refused.get());
        }
    }

    @Test
    void anotherThreadCannotTakeAValueThatIsThereAlready() throws Exception {
        Generator<Integer> generator = numbers(new Recorder());
        assertTrue(generator.hasNext());
        in(PLATFORM, () -> {
            assertThrows(IllegalStateException.class, generator::hasNext);
            assertThrows(IllegalStateException.class, generator::next);
        });
        assertEquals(1, generator.next());
        generator.close();
    }

    @Test
    void aThreadStartedInTheBodyCannotEmit() {
        Generator<Integer> generator = Generator.of(out -> {
            in(PLATFORM, () -> {
                IllegalStateException error = assertThrows(IllegalStateException.class, () -> out.emit(1));
                assertTrue(error.toString().contains("running body may emit"), error::toString);
            });
            out.emit(2);
        });
        assertEquals(2, generator.next());
        generator.close();
    }

    @Test
    void anOrdinaryVirtualThreadMayWaitInTheBodyAndGoOnOnAnotherCarrier() throws Exception {
        List<Thread> threads = new ArrayList<>();
        AtomicInteger wrong = new AtomicInteger();
        for (int i = 0; i < 20; i++) {
            threads.add(VIRTUAL.newThread(() -> {
                Thread self = Thread.currentThread();
                Generator<Integer> generator = Generator.of(out -> {
                    for (int value = 0; value < 2000; value++) {
                        Thread.yield();
                        if (Thread.currentThread() != self) {
                            wrong.incrementAndGet();
                        }
                        out.emit(value);
                    }
                });
                for (int value = 0; value < 2000; value++) {
                    if (generator.next() != value) {
                        wrong.incrementAndGet();
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(0, wrong.get());
    }
}
