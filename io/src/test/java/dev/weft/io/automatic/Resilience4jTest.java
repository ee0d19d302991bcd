package dev.weft.io.automatic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.timelimiter.TimeLimiter;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Resilience4j, unmodified, in greenlets of one loop. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
class Resilience4jTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private final Attempts service = new Attempts();

    private static Retry patient() {
        return Retry.of(
                "patient",
                RetryConfig.custom()
                        .maxAttempts(Integer.MAX_VALUE)
                        .waitDuration(Duration.ofMillis(2))
                        .ignoreExceptions(Cancelled.class)
                        .build());
    }

    @Test
    void retriesOfManyGreenletsWaitTogether() throws Exception {
        Retry retry = patient();
        try (OneLoop one = OneLoop.open()) {
            List<Greenlet<String>> retrying = one.spawnAll(
                    50,
                    number -> Retry.decorateCallable(retry, service::attempt).call());
            one.until("each was tried twice", () -> service.made() >= 100);
            one.untilWaiting(40);
            service.repair();
            one.joinAll(retrying).forEach(result -> assertEquals("done", result));
        }
    }

    @Test
    void aKillEndsARetry() throws Exception {
        Retry retry = patient();
        try (OneLoop one = OneLoop.open()) {
            Greenlet<String> retrying = one.spawn(
                    () -> Retry.decorateCallable(retry, service::attempt).call());
            one.until("it was tried twice", () -> service.made() >= 2);
            retrying.kill();
            assertThrows(Cancelled.class, () -> one.join(retrying));
            assertSame(Greenlet.State.CANCELLED, retrying.state());
        }
    }

    @Test
    void aCircuitBreakerOpensAndClosesForAllGreenlets() throws Exception {
        CircuitBreaker breaker = CircuitBreaker.of(
                "breaker",
                CircuitBreakerConfig.custom()
                        .slidingWindowSize(5)
                        .minimumNumberOfCalls(5)
                        .permittedNumberOfCallsInHalfOpenState(1)
                        .waitDurationInOpenState(Duration.ofMillis(50))
                        .build());
        try (OneLoop one = OneLoop.open()) {
            one.all(5, number -> assertThrows(IOException.class, () -> breaker.executeCallable(service::attempt)));
            one.all(
                    20,
                    number -> assertThrows(
                            CallNotPermittedException.class, () -> breaker.executeCallable(service::attempt)));
            assertEquals(5, service.made());
            service.repair();
            one.until(
                    "it is closed again",
                    () -> one.call(() -> {
                        try {
                            return breaker.executeCallable(service::attempt).equals("done");
                        } catch (CallNotPermittedException e) {
                            return false;
                        }
                    }));
            assertSame(CircuitBreaker.State.CLOSED, breaker.getState());
        }
    }

    @Test
    void aRateLimiterMakesGreenletsWait() throws Exception {
        RateLimiter limiter = RateLimiter.of(
                "limiter",
                RateLimiterConfig.custom()
                        .limitForPeriod(5)
                        .limitRefreshPeriod(Duration.ofMillis(200))
                        .timeoutDuration(Duration.ofMinutes(1))
                        .build());
        service.repair();
        try (OneLoop one = OneLoop.open()) {
            List<Greenlet<String>> limited = one.spawnAll(
                    20,
                    number -> RateLimiter.decorateCallable(limiter, service::attempt)
                            .call());
            one.untilWaiting(1);
            one.joinAll(limited);
            assertEquals(20, service.made());
        }
    }

    @Test
    void aBulkheadLetsInAsManyAsItShould() throws Exception {
        Bulkhead bulkhead = Bulkhead.of(
                "bulkhead",
                BulkheadConfig.custom()
                        .maxConcurrentCalls(5)
                        .maxWaitDuration(Duration.ofMinutes(1))
                        .build());
        CountDownLatch seen = new CountDownLatch(1);
        try (OneLoop one = OneLoop.open()) {
            List<Greenlet<String>> all = one.spawnAll(
                    50,
                    number -> bulkhead.executeCallable(() -> {
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
    void aTimeLimiterEndsAWait() throws Exception {
        TimeLimiter limiter = TimeLimiter.of(Duration.ofMillis(50));
        try (OneLoop one = OneLoop.open();
                ExecutorService executor = one.loop().executor()) {
            one.all(
                    20,
                    number -> assertThrows(
                            TimeoutException.class,
                            () -> limiter.executeFutureSupplier(() -> executor.submit(() -> Weft.sleep(HOUR)))));
        }
    }
}
