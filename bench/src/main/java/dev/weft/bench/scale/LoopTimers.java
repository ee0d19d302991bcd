package dev.weft.bench.scale;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.lowlevel.Waiter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Timers of one loop that a callback set: nobody but them waits. Each is the awaitable, its timer and its waiter. */
final class LoopTimers implements Crowd {
    private final LoopGroup group = LoopGroup.open();
    private final Loop loop = group.next();
    private final Loop.Handle spawner = loop.keepAlive();
    private final Lateness lateness = new Lateness();
    private final Duration rest;
    private CountDownLatch pending = new CountDownLatch(0);

    LoopTimers(Duration rest) {
        this.rest = rest;
    }

    @Override
    public void come(int count) {
        lateness.forget();
        pending = new CountDownLatch(count);
        loop.spawn(() -> {
                    for (int i = 0; i < count; i++) {
                        Weft.timer(rest).subscribe(new Alarm(System.nanoTime() + rest.toNanos()));
                    }
                })
                .join();
    }

    @Override
    public void leave() throws InterruptedException {
        pending.await();
    }

    @Override
    public Map<String, Object> figures() {
        return lateness.figures();
    }

    @Override
    public void close() {
        spawner.close();
        group.close();
    }

    private final class Alarm extends Waiter<@Nullable Void> {
        private final long deadlineNanos;

        Alarm(long deadlineNanos) {
            this.deadlineNanos = deadlineNanos;
        }

        @Override
        public void succeed(@Nullable Void nothing) {
            lateness.over(deadlineNanos);
            pending.countDown();
        }

        @Override
        public void fail(Throwable failure) {
            throw new AssertionError("a timer has failed", failure);
        }
    }
}
