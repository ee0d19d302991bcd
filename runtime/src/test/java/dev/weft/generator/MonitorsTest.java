package dev.weft.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.ChildJvm;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Monitors held while a generator steps. A bare continuation of JDK 25 loses them, and crashes the JVM in the end. */
@Timeout(60)
@ExtendWith(NoGreenletLeaks.class)
class MonitorsTest {
    private final Recorder recorder = new Recorder();

    /** In a JVM of its own, for what it would do otherwise, and with each of the ways to compile it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-XX:+TieredCompilation",
                "-XX:TieredStopAtLevel=1",
                "-XX:-TieredCompilation",
                "-Xint",
                "-Xcomp",
                "-XX:+UseCompactObjectHeaders"
            })
    void theCallerKeepsItsMonitorsHoweverManyAndLeavesThem(String flag) throws Exception {
        ChildJvm.Result result = ChildJvm.run(StepsUnderMonitors.class, ChildJvm.GENERATOR_FLAG, flag);
        assertEquals("0 lost, 0 still held", result.output().strip());
    }

    static final class StepsUnderMonitors {
        private static int lost;
        private static int left;

        public static void main(String[] args) throws Exception {
            Generator<Integer> generator = Generator.of(out -> {
                for (int i = 0; ; i++) {
                    out.emit(i);
                }
            });
            for (int round = 0; round < 2000; round++) {
                for (int count = 0; count <= 12; count++) {
                    Object[] monitors = new Object[count];
                    Arrays.setAll(monitors, i -> new Object());
                    step(generator, monitors, count);
                    left += held(monitors);
                }
            }
            Object last = new Object();
            step(generator, new Object[] {last}, 1);
            Thread other = new Thread(() -> {
                synchronized (last) {
                    System.out.println(lost + " lost, " + left + " still held");
                }
            });
            other.start();
            other.join();
        }

        private static void step(Generator<Integer> generator, Object[] monitors, int depth) {
            if (depth > 0) {
                synchronized (monitors[depth - 1]) {
                    step(generator, monitors, depth - 1);
                }
            } else {
                generator.next();
                lost += monitors.length - held(monitors);
            }
        }

        private static int held(Object[] monitors) {
            int held = 0;
            for (Object monitor : monitors) {
                held += Thread.holdsLock(monitor) ? 1 : 0;
            }
            return held;
        }
    }

    @Test
    void aMonitorThatTheBodyHoldsOverAnEmitStaysTheThreads() throws Exception {
        Object monitor = new Object();
        Generator<Integer> generator = Generator.of(out -> {
            synchronized (monitor) {
                out.emit(1);
                recorder.add(Thread.holdsLock(monitor));
            }
            out.emit(2);
        });
        assertEquals(1, generator.next());
        assertTrue(Thread.holdsLock(monitor));
        synchronized (monitor) {
            recorder.add("the caller comes in beside");
        }
        Thread other = new Thread(() -> {
            synchronized (monitor) {
                recorder.add("another thread");
            }
        });
        other.start();
        while (other.getState() != Thread.State.BLOCKED) {
            Thread.onSpinWait();
        }
        recorder.assertHappened("the caller comes in beside");
        assertEquals(2, generator.next());
        assertFalse(Thread.holdsLock(monitor));
        other.join();
        List<Object> events = recorder.events();
        assertTrue(events.contains(true) && events.contains("another thread"), events::toString);
        generator.close();
    }

    @Test
    void closingLeavesTheMonitorsOfTheBody() {
        Object monitor = new Object();
        Generator<Integer> generator = Generator.of(out -> {
            synchronized (monitor) {
                out.emit(1);
            }
        });
        generator.next();
        generator.close();
        assertFalse(Thread.holdsLock(monitor));
    }

    @Test
    void monitorsOfCallerAndBodyKeepOtherGreenletsOutWhileTheBodyWaits() {
        Object callers = new Object();
        Object bodys = new Object();
        Weft.run(() -> {
            CompletableFuture<Void> entered = new CompletableFuture<>();
            Generator<Integer> generator = Generator.of(out -> {
                synchronized (bodys) {
                    Weft.yieldNow(); // the others stand before the monitors now
                    recorder.add("body");
                }
                out.emit(1);
                Weft.await(entered);
                out.emit(2);
            });
            List<Greenlet<?>> others = new ArrayList<>();
            others.add(Weft.spawn(() -> {
                synchronized (callers) {
                    recorder.add("entered the caller's");
                }
            }));
            others.add(Weft.spawn(() -> {
                synchronized (bodys) {
                    recorder.add("entered the body's");
                    entered.complete(null);
                }
            }));
            synchronized (callers) {
                generator.next();
                Weft.yieldNow();
                generator.next();
                recorder.add("caller");
            }
            generator.close();
            for (Greenlet<?> other : others) {
                other.join();
            }
        });
        recorder.assertHappened("body", "entered the body's", "caller", "entered the caller's");
    }
}
