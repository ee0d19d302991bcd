package dev.weft.sync;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.kernel.EventLoop;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two loops: the home of a channel, and another. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
abstract class AcrossLoopsFixture {
    static final Duration SOON = Duration.ofMillis(5);
    static final Duration NEVER = Duration.ofMinutes(10);

    @SuppressWarnings("NullAway.Init")
    LoopGroup group;

    @SuppressWarnings("NullAway.Init")
    Loop home;

    @SuppressWarnings("NullAway.Init")
    Loop away;

    @BeforeEach
    void open() {
        group = LoopGroup.builder()
                .loops(2)
                .uncaughtHandler((greenlet, failure) -> {}) // each is joined, though maybe after its end
                .open();
        home = group.loops().get(0);
        away = group.loops().get(1);
    }

    @AfterEach
    void close() {
        group.close();
    }

    /** Until {@code count} visits have been let in by the channel's home, and wait there. */
    void untilVisited(int count) {
        while (!isVisited(home)) {
            Thread.onSpinWait();
        }
        for (int i = 0; i < count; i++) {
            home.spawn(() -> {}).join();
        }
    }

    /** Whether a visit waits on {@code loop}. */
    static boolean isVisited(Loop loop) {
        return loop.call(EventLoop.of(loop)::hasCloseHooks);
    }

    static <T> FutureTask<T> inThread(Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        Thread thread = new Thread(task, "plain");
        thread.start();
        return task;
    }
}
