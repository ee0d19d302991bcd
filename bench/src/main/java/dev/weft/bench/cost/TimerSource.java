package dev.weft.bench.cost;

import dev.weft.Awaitable;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.lowlevel.Waiter;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Whose timers are set. */
public enum TimerSource {
    /** Those of a loop, set by one of its greenlets. */
    LOOP {
        @Override
        Opened open() {
            return new LoopTimers();
        }
    },
    /** Those of the JDK's {@link ScheduledThreadPoolExecutor}, a heap. */
    SCHEDULED_EXECUTOR {
        @Override
        Opened open() {
            return new ScheduledTimers();
        }
    };

    private static final long SOON_MILLIS = TimeUnit.MINUTES.toMillis(1);
    private static final long LATE_MILLIS = TimeUnit.MINUTES.toMillis(10);

    /** Opens it. */
    abstract Opened open();

    /** The delay of the {@code i}th of the timers that stay: all over ten minutes, in no order. */
    private static long lateMillis(int i) {
        return LATE_MILLIS + (i * 2_654_435_761L & 0xffff_ffffL) % LATE_MILLIS;
    }

    /** Timers can be set. */
    interface Opened extends AutoCloseable {
        /** Sets {@code count} that do not fire while this is open. */
        void setForGood(int count);

        /** Sets one and cancels it, {@code turns} times; returns how often that was done. */
        int setAndCancel(int turns);

        @Override
        void close();
    }

    private static final class LoopTimers implements Opened {
        private final LoopGroup group = LoopGroup.open();
        private final Loop loop = group.next();

        @Override
        public void setForGood(int count) {
            loop.spawn(() -> {
                        for (int i = 0; i < count; i++) {
                            Weft.timer(Duration.ofMillis(lateMillis(i))).subscribe(new Nobody());
                        }
                    })
                    .join();
        }

        @Override
        public int setAndCancel(int turns) {
            return loop.<Integer>spawn(() -> {
                        Duration soon = Duration.ofMillis(SOON_MILLIS);
                        int cancelled = 0;
                        for (int i = 0; i < turns; i++) {
                            Nobody nobody = new Nobody();
                            Awaitable<@Nullable Void> timer = Weft.timer(soon);
                            timer.subscribe(nobody);
                            cancelled += timer.unsubscribe(nobody) ? 1 : 0;
                        }
                        return cancelled;
                    })
                    .join();
        }

        @Override
        public void close() {
            group.close();
        }
    }

    private static final class Nobody extends Waiter<@Nullable Void> {
        @Override
        public void succeed(@Nullable Void nothing) {
            throw new IllegalStateException("a timer that should not have fired");
        }

        @Override
        public void fail(Throwable failure) {
            throw new IllegalStateException("a timer has failed", failure);
        }
    }

    private static final class ScheduledTimers implements Opened {
        private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);

        ScheduledTimers() {
            executor.setRemoveOnCancelPolicy(true); // what is cancelled leaves the queue, as it leaves the loop's wheel
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored") // it stays until the end
        public void setForGood(int count) {
            for (int i = 0; i < count; i++) {
                executor.schedule(() -> {}, lateMillis(i), TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public int setAndCancel(int turns) {
            int cancelled = 0;
            for (int i = 0; i < turns; i++) {
                ScheduledFuture<?> timer = executor.schedule(() -> {}, SOON_MILLIS, TimeUnit.MILLISECONDS);
                cancelled += timer.cancel(false) ? 1 : 0;
            }
            return cancelled;
        }

        @Override
        public void close() {
            executor.shutdownNow();
        }
    }
}
