package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.Recorder;
import dev.weft.testing.SteppedLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
@SuppressWarnings("try") // a lease is held, and not spoken of
class ResourcePoolTest {
    private static final Duration MILLI = Duration.ofMillis(1);
    private final Recorder happened = new Recorder();
    private int made;

    /** A connection of the test. */
    private final class Line {
        private final int number = ++made;
        private boolean broken;

        @Override
        public String toString() {
            return "line " + number;
        }
    }

    private ResourcePool.Builder<Line> lines(int size) {
        return ResourcePool.builder(() -> new Line())
                .size(size)
                .check(line -> !line.broken)
                .disposal(line -> happened.add("end of " + line));
    }

    private static <R> ResourcePool<R> open(SteppedLoop stepped, ResourcePool.Builder<R> builder) {
        return stepped.run(builder::open);
    }

    private static void close(SteppedLoop stepped, ResourcePool<?> pool) {
        stepped.run(() -> {
            pool.close();
            return null;
        });
    }

    @Test
    void anIdleResourceIsLentAgainTheLastOneFirst() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                try (ResourcePool<Line> pool = lines(3).open()) {
                    ResourcePool.Lease<Line> one = pool.lease();
                    ResourcePool.Lease<Line> two = pool.lease();
                    assertNotSame(one.value(), two.value());
                    assertEquals(new ResourcePool.Statistics(3, 2, 0), pool.statistics());
                    Line last = two.value();
                    one.close();
                    two.close();
                    two.close();
                    assertEquals(new ResourcePool.Statistics(3, 0, 2), pool.statistics());
                    try (ResourcePool.Lease<Line> again = pool.lease()) {
                        assertSame(last, again.value());
                    }
                    IllegalStateException e = assertThrows(IllegalStateException.class, two::value);
                    assertTrue(e.toString().contains("line 2 has been closed"), e.toString());
                }
                return null;
            });
            happened.assertHappened("end of line 2", "end of line 1");
        }
    }

    @Test
    void whenAllAreOutOneWaitsInTurn() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            ResourcePool<Line> pool = open(stepped, lines(1));
            for (int i = 0; i < 3; i++) {
                int number = i;
                stepped.spawn(() -> {
                    try (ResourcePool.Lease<Line> lease = pool.lease()) {
                        happened.add(number + " has " + lease.value());
                        Weft.sleep(MILLI);
                    }
                });
            }
            stepped.runUntilIdle();
            happened.assertHappened("0 has line 1");
            stepped.advance(MILLI.multipliedBy(2));
            happened.assertHappened("1 has line 1", "2 has line 1");
            close(stepped, pool);
        }
    }

    @Test
    void aLeaseGivenToOneWhoHasJustTimedOutOrWasKilledGoesToTheNext() {
        SteppedLoop.underSeeds(200, stepped -> {
            ResourcePool<Line> pool = open(stepped, lines(1));
            Callable<ResourcePool.Lease<Line>> untimed = pool::lease;
            NineBorrowers.assertAllWhoStillWantItAreServed(
                    stepped, () -> Weft.withTimeout(MILLI, untimed::call), untimed);
            assertEquals(new ResourcePool.Statistics(1, 0, 1), stepped.run(pool::statistics));
            close(stepped, pool);
        });
    }

    @Test
    void creationWaitsWhileOthersGoOnAndItsFailureGoesToWhoWantedIt() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            ResourcePool<String> pool = open(
                    stepped,
                    ResourcePool.<String>builder(() -> {
                                Weft.sleep(MILLI);
                                if (++made == 1) {
                                    throw new IOException("refused");
                                }
                                return "resource " + made;
                            })
                            .size(1));
            stepped.spawn(() ->
                    happened.add(assertThrows(IOException.class, pool::lease).toString()));
            stepped.spawn(() -> {
                try (ResourcePool.Lease<String> lease = pool.lease()) {
                    happened.add(lease.value());
                }
            });
            stepped.spawn(() -> happened.add("another runs"));
            stepped.runUntilIdle();
            happened.assertHappened("another runs");
            stepped.advance(MILLI.multipliedBy(2));
            happened.assertHappened("java.io.IOException: refused", "resource 2");
            close(stepped, pool);
        }
    }

    @Test
    void oneWhoIsKilledWhileItCreatesFreesThePlace() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            ResourcePool<String> pool = open(
                    stepped,
                    ResourcePool.<String>builder(() -> {
                                if (++made == 1) {
                                    Weft.sleep(Duration.ofHours(1));
                                }
                                return "resource";
                            })
                            .size(1));
            Greenlet<?> killed = stepped.spawn(() -> pool.lease());
            Greenlet<?> next = stepped.spawn(() -> pool.lease().close());
            stepped.runUntilIdle();
            killed.kill();
            stepped.runUntilIdle();
            assertSame(Greenlet.State.CANCELLED, killed.state());
            assertSame(Greenlet.State.RETURNED, next.state());
            close(stepped, pool);
        }
    }

    @Test
    void aBrokenResourceIsReplacedWhenItIsLentAndADiscardedOneAtOnce() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                try (ResourcePool<Line> pool = lines(1).open()) {
                    try (ResourcePool.Lease<Line> lease = pool.lease()) {
                        lease.value().broken = true;
                    }
                    happened.assertHappened();
                    try (ResourcePool.Lease<Line> lease = pool.lease()) {
                        assertEquals("line 2", lease.value().toString());
                        lease.discard();
                        happened.assertHappened("end of line 1", "end of line 2");
                    }
                    assertEquals(new ResourcePool.Statistics(1, 0, 0), pool.statistics());
                }
                return null;
            });
        }
    }

    @Test
    void aCheckThatThrowsMeansBroken() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                try (ResourcePool<Line> pool = lines(1).check(line -> {
                            throw new IOException("no answer");
                        })
                        .open()) {
                    pool.lease().close();
                    pool.lease().close();
                    happened.assertHappened("end of line 1");
                }
                return null;
            });
        }
    }

    @Test
    void aResourceThatLiesIdleForTooLongIsDisposedOf() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            ResourcePool<Line> pool = open(stepped, lines(2).idleLifetime(MILLI.multipliedBy(5)));
            Greenlet<?> user = stepped.spawn(() -> {
                ResourcePool.Lease<Line> one = pool.lease();
                pool.lease().close(); // line 2, idle at 0
                Weft.sleep(MILLI.multipliedBy(3));
                one.close(); // line 1, idle at 3
                pool.lease().close(); // and again
            });
            stepped.advance(MILLI.multipliedBy(4));
            assertSame(Greenlet.State.RETURNED, user.state());
            happened.assertHappened();
            stepped.advance(MILLI);
            happened.assertHappened("end of line 2");
            stepped.advance(MILLI.multipliedBy(3));
            happened.assertHappened("end of line 1");
            assertEquals(new ResourcePool.Statistics(2, 0, 0), stepped.run(pool::statistics));
            assertEquals(0, stepped.loop().statistics().timers());
            close(stepped, pool);
        }
    }

    @Test
    void disposingMayWaitAlsoInAKilledGreenlet() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            ResourcePool<Line> pool = open(stepped, lines(1).disposal(line -> {
                Weft.sleep(MILLI);
                happened.add("said goodbye");
            }));
            Greenlet<?> killed = stepped.spawn(() -> {
                ResourcePool.Lease<Line> lease = pool.lease();
                try {
                    Weft.sleep(Duration.ofHours(1));
                } finally {
                    lease.discard();
                }
            });
            stepped.runUntilIdle();
            killed.kill();
            stepped.advance(MILLI);
            assertSame(Greenlet.State.CANCELLED, killed.state());
            happened.assertHappened("said goodbye");
            close(stepped, pool);
        }
    }

    @Test
    void aClosedPoolTurnsAwayWhoWaitsAndDisposesOfWhatComesBack() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            ResourcePool<Line> pool = open(stepped, lines(1));
            stepped.spawn(() -> {
                try (ResourcePool.Lease<Line> lease = pool.lease()) {
                    Weft.sleep(MILLI);
                }
            });
            Greenlet<?> waiting = stepped.spawn(() -> assertThrows(IllegalStateException.class, pool::lease));
            stepped.runUntilIdle();
            close(stepped, pool);
            stepped.runUntilIdle();
            assertSame(Greenlet.State.RETURNED, waiting.state());
            happened.assertHappened();
            stepped.advance(MILLI);
            happened.assertHappened("end of line 1");
            stepped.run(() -> assertThrows(IllegalStateException.class, pool::lease));
        }
    }

    @Test
    void aFailureToDisposeTroublesNobody() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                try (ResourcePool<Line> pool = lines(1).disposal(line -> {
                            throw new IOException("gone already");
                        })
                        .open()) {
                    pool.lease().discard();
                    assertEquals("line 2", pool.lease().value().toString());
                }
                return null;
            });
        }
    }

    @Test
    void aLeaseIsGivenBackFromAnyThread() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            ResourcePool<Line> pool = group.spawn(() -> lines(1).open()).join();
            ResourcePool.Lease<Line> lease = group.spawn(() -> pool.lease()).join();
            Greenlet<String> next = group.spawn(() -> {
                try (ResourcePool.Lease<Line> mine = pool.lease()) {
                    return mine.value().toString();
                }
            });
            Thread other = new Thread(lease::discard);
            other.start();
            assertEquals("line 2", next.join());
            other.join();
            group.spawn(pool::close).join();
            assertEquals(
                    List.of("end of line 1", "end of line 2"),
                    happened.events().stream().sorted().toList());
        }
    }

    @Test
    void whatIsCloseableIsClosedUnlessSaidOtherwise() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                try (ResourcePool<AutoCloseable> pool = ResourcePool.<AutoCloseable>builder(
                                () -> () -> happened.add("closed"))
                        .open()) {
                    pool.lease().close();
                }
                return null;
            });
            happened.assertHappened("closed");
        }
    }

    @Test
    void nonsenseIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> lines(0));
        assertThrows(IllegalArgumentException.class, () -> lines(1).idleLifetime(Duration.ZERO));
        assertThrows(IllegalStateException.class, () -> lines(1).open());
    }
}
