package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What belongs to a thread belongs to a greenlet: over its waits, beside other greenlets, and no longer than it lives. */
class IdentityTest extends TaskFixture {
    private static final Duration MILLI = Duration.ofMillis(1);

    @Test
    void aMonitorThatIsEnteredTwiceIsHeldOverTheWaitAsOften() {
        Object monitor = new Object();
        Greenlet<?> holder = stepped.spawn(() -> {
            synchronized (monitor) {
                synchronized (monitor) {
                    Weft.sleep(SECOND);
                }
                assertTrue(Thread.holdsLock(monitor));
                Weft.sleep(SECOND);
                happened.add("holder leaves");
            }
            assertFalse(Thread.holdsLock(monitor));
        });
        stepped.spawn(() -> {
            assertFalse(Thread.holdsLock(monitor));
            synchronized (monitor) {
                happened.add("other enters");
            }
        });
        stepped.advance(SECOND.multipliedBy(2));
        assertSame(Greenlet.State.RETURNED, holder.state());
        stepped.runUntilIdle();
        awaitAll();
        happened.assertHappened("holder leaves", "other enters");
    }

    /** The JDK hands a contended monitor on through a thread of its own. */
    private void awaitAll() {
        while (!stepped.loop().greenlets().isEmpty()) {
            stepped.runUntilIdle();
            Thread.onSpinWait();
        }
    }

    @Test
    void waitGivesTheMonitorUpAndTakesItBack() {
        Object monitor = new Object();
        boolean[] there = {false};
        stepped.spawn(() -> {
            synchronized (monitor) {
                while (!there[0]) {
                    monitor.wait();
                }
                assertTrue(Thread.holdsLock(monitor));
                happened.add("notified");
            }
        });
        stepped.spawn(() -> {
            synchronized (monitor) {
                there[0] = true;
                monitor.notifyAll();
                happened.add("notifying");
                Weft.sleep(MILLI);
                happened.add("leaving");
            }
        });
        stepped.advance(MILLI);
        awaitAll();
        happened.assertHappened("notifying", "leaving", "notified");
    }

    @Test
    @SuppressWarnings("LockNotBeforeTry") // locks are what is tried here
    void aLockKnowsItsHolderOverTheWait() {
        ReentrantLock lock = new ReentrantLock();
        stepped.spawn(() -> {
            lock.lock();
            lock.lock();
            Weft.sleep(SECOND);
            assertEquals(2, lock.getHoldCount());
            lock.unlock();
            lock.unlock();
            happened.add("released");
        });
        stepped.spawn(() -> {
            assertTrue(lock.isLocked());
            assertFalse(lock.isHeldByCurrentThread());
            assertThrows(IllegalMonitorStateException.class, lock::unlock);
            assertFalse(lock.tryLock());
            happened.add("refused");
        });
        stepped.advance(SECOND);
        happened.assertHappened("refused", "released");
    }

    @Test
    void aGreenletThatWasGivenNoNameIsCalledTheSameByItsThread() {
        Greenlet<?> unnamed = stepped.spawn(() -> {
            Thread self = Thread.currentThread();
            happened.add(self.getName().equals("greenlet-" + self.threadId()));
            happened.add(self.getName().equals(Greenlet.current().name()));
            self.setName("its own");
            happened.add(Greenlet.current().name());
            happened.add(self.getName());
        });
        stepped.runUntilIdle();
        assertEquals("its own", unnamed.name());
        happened.assertHappened(true, true, "its own", "its own");
        Greenlet<?> named = stepped.loop()
                .spawn("given", () -> happened.add(Thread.currentThread().getName()));
        stepped.runUntilIdle();
        assertEquals("given", named.name());
        happened.assertHappened("given");
    }

    @Test
    void aThreadLocalKeepsItsValueOverWaitsAmongOthersWithTheirs() {
        ThreadLocal<Integer> own = new ThreadLocal<>();
        SteppedLoop.underSeeds(50, shuffled -> {
            Recorder seen = new Recorder();
            for (int i = 0; i < 20; i++) {
                int number = i;
                shuffled.spawn(() -> {
                    assertNull(own.get());
                    own.set(number);
                    for (int wait = 0; wait < 5; wait++) {
                        Weft.yieldNow();
                        Weft.sleep(Duration.ofMillis(number % 3));
                        assertEquals(number, own.get());
                    }
                    seen.add("kept");
                });
            }
            shuffled.advance(SECOND);
            seen.assertHappened(java.util.Collections.nCopies(20, "kept").toArray());
        });
    }

    @Test
    void anInheritableThreadLocalIsCopiedFromTheSpawnerAndIsTheChildsOwnThen() {
        InheritableThreadLocal<String> inherited = new InheritableThreadLocal<>();
        stepped.spawn(() -> {
            inherited.set("spawner's");
            Greenlet<?> child = Weft.spawn(() -> {
                happened.add(inherited.get());
                inherited.set("child's");
                Weft.yieldNow();
                happened.add(inherited.get());
            });
            inherited.set("changed");
            child.join();
            happened.add(inherited.get());
        });
        stepped.runUntilIdle();
        happened.assertHappened("spawner's", "child's", "changed");
    }

    @Test
    void whatAKilledGreenletSetForItsThreadIsSeenByNobodyAfterIt() throws Exception {
        ThreadLocal<String> local = new ThreadLocal<>();
        try (URLClassLoader loader = new URLClassLoader(new URL[0])) {
            Greenlet<?> victim = stepped.spawn(() -> {
                local.set("victim's");
                Thread.currentThread().setContextClassLoader(loader);
                sleepAndTell("victim");
            });
            stepped.runUntilIdle();
            stepped.loop().execute(() -> victim.kill());
            stepped.runUntilIdle();
            happened.assertHappened("victim cancelled", "victim finally");
            List<@Nullable Object> seen = new ArrayList<>();
            stepped.loop().execute(() -> look(seen, local, loader));
            stepped.spawn(() -> look(seen, local, loader));
            stepped.runUntilIdle();
            look(seen, local, loader);
            assertEquals(List.of("unseen", "unseen", "unseen"), seen);
        }
    }

    private static void look(List<@Nullable Object> seen, ThreadLocal<String> local, ClassLoader loader) {
        boolean hidden = local.get() == null && Thread.currentThread().getContextClassLoader() != loader;
        seen.add(hidden ? "unseen" : "seen by " + Thread.currentThread());
    }

    /** One whose handle is kept has let go of its thread's values, of its body, and of what that body captured. */
    @Test
    void whatAKilledGreenletHeldIsLetGoAlthoughItsHandleIsKept() {
        List<Greenlet<?>> kept = new ArrayList<>();
        List<WeakReference<?>> held = new ArrayList<>();
        for (Duration untilTheKill : List.of(Duration.ZERO, MILLI)) {
            kept.add(spawnHolder(held, untilTheKill));
        }
        Greenlet<?> neverRan = spawnHolder(held, HOUR);
        neverRan.kill();
        kept.add(neverRan);
        stepped.advance(MILLI);
        kept.forEach(Greenlet::kill);
        stepped.runUntilIdle();
        while (held.stream().anyMatch(reference -> reference.get() != null)) {
            System.gc(); // the timeout of the class ends it, if they are held
        }
        assertTrue(kept.stream().allMatch(greenlet -> greenlet.state() == Greenlet.State.CANCELLED), kept::toString);
    }

    @SuppressWarnings("ThreadLocalUsage") // one that ends with the greenlet
    private Greenlet<?> spawnHolder(List<WeakReference<?>> held, Duration first) {
        Object captured = new Object();
        held.add(new WeakReference<>(captured));
        return stepped.spawn(() -> {
            ThreadLocal<Object> local = new ThreadLocal<>();
            Object value = new Object();
            held.add(new WeakReference<>(value));
            local.set(value);
            Weft.sleep(first);
            Weft.sleep(HOUR);
            Objects.requireNonNull(captured);
        });
    }
}
