package dev.weft.io.automatic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.failsafe.Bulkhead;
import dev.failsafe.CircuitBreaker;
import dev.failsafe.CircuitBreakerOpenException;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RateLimiter;
import dev.failsafe.RetryPolicy;
import dev.failsafe.Timeout;
import dev.failsafe.TimeoutExceededException;
import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Failsafe, unmodified, in greenlets of one loop. */
@ExtendWith(NoGreenletLeaks.class)
@org.junit.jupiter.api.Timeout(120)
class FailsafeTest {
    private static final String[] SCHEDULER = {"FailsafeDelayScheduler", "ForkJoinPool"}; // for timeouts; they are kept
    private static final Duration HOUR = Duration.ofHours(1);
    private final Attempts service = new Attempts();

    private static RetryPolicy<String> patient() {
        return RetryPolicy.<String>builder()
                .withMaxRetries(-1)
                .withDelay(Duration.ofMillis(2))
                .abortOn(Cancelled.class)
                .build();
    }

    @Test
    void retriesOfManyGreenletsWaitTogether() throws Exception {
        try (OneLoop one = OneLoop.open()) {
            List<Greenlet<String>> retrying =
                    one.spawnAll(50, number -> Failsafe.with(patient()).get(service::attempt));
            one.until("each was tried twice", () -> service.made() >= 100);
            one.untilWaiting(40);
            service.repair();
            one.joinAll(retrying).forEach(result -> assertEquals("done", result));
        }
    }

    @Test
    void aKillEndsARetry() throws Exception {
        try (OneLoop one = OneLoop.open()) {
            Greenlet<String> retrying = one.spawn(() -> Failsafe.with(patient()).get(service::attempt));
            one.until("it was tried twice", () -> service.made() >= 2);
            retrying.kill();
            assertThrows(Cancelled.class, () -> one.join(retrying));
            assertSame(Greenlet.State.CANCELLED, retrying.state());
        }
    }

    @Test
    void aCircuitBreakerOpensAndClosesForAllGreenlets() throws Exception {
        CircuitBreaker<String> breaker = CircuitBreaker.<String>builder()
                .withFailureThreshold(5)
                .withDelay(Duration.ofMillis(50))
                .build();
        try (OneLoop one = OneLoop.open()) {
            one.all(
                    5,
                    number -> assertThrows(
                            FailsafeException.class,
                            () -> Failsafe.with(breaker).get(service::attempt)));
            one.all(
                    20,
                    number -> assertThrows(
                            CircuitBreakerOpenException.class,
                            () -> Failsafe.with(breaker).get(service::attempt)));
            assertEquals(5, service.made());
            service.repair();
            one.until(
                    "it is closed again",
                    () -> one.call(() -> {
                        try {
                            return Failsafe.with(breaker).get(service::attempt).equals("done");
                        } catch (CircuitBreakerOpenException e) {
                            return false;
                        }
                    }));
            assertSame(CircuitBreaker.State.CLOSED, breaker.getState());
        }
    }

    @Test
    void aRateLimiterMakesGreenletsWait() throws Exception {
        RateLimiter<String> limiter = RateLimiter.<String>burstyBuilder(5, Duration.ofMillis(200))
                .withMaxWaitTime(Duration.ofMinutes(1))
                .build();
        service.repair();
        try (OneLoop one = OneLoop.open()) {
            List<Greenlet<String>> limited =
                    one.spawnAll(20, number -> Failsafe.with(limiter).get(service::attempt));
            one.untilWaiting(1);
            one.joinAll(limited);
            assertEquals(20, service.made());
        }
    }

    @Test
    void aBulkheadLetsInAsManyAsItShould() throws Exception {
        Bulkhead<String> bulkhead = Bulkhead.<String>builder(5)
                .withMaxWaitTime(Duration.ofMinutes(1))
                .build();
        CountDownLatch seen = new CountDownLatch(1);
        try (OneLoop one = OneLoop.open()) {
            List<Greenlet<String>> all = one.spawnAll(
                    50,
                    number -> Failsafe.with(bulkhead).get(() -> {
                        service.enter();
                        seen.await();
                        service.leave();
                        return "done";
                    }));
            one.until("five are inside", () -> service.inside() == 5);
            one.untilWaiting(50);
            seen.countDown();
            one.joinAll(all);
            assertEquals(5, service.mostAtOnce());
        }
    }

    @Test
    void aTimeoutEndsAWait() throws Exception {
        Timeout<String> timeout =
                Timeout.<String>builder(Duration.ofMillis(50)).withInterrupt().build();
        try (OneLoop one = OneLoop.open(SCHEDULER)) {
            one.all(
                    20,
                    number -> assertThrows(
                            TimeoutExceededException.class,
                            () -> Failsafe.with(timeout).get(() -> {
                                if (number % 2 == 0) {
                                    Weft.sleep(HOUR);
                                } else {
                                    Thread.sleep(HOUR);
                                }
                                return "never";
                            })));
        }
    }
}
