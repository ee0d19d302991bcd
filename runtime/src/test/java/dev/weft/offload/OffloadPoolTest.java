package dev.weft.offload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class OffloadPoolTest {

    @Test
    void callsThatAreGivenUpInTheQueueAreForgottenWhileAllThreadsHang() throws Exception {
        try (LoopGroup group = LoopGroup.builder().offloadThreads(1).open()) {
            OffloadPool pool = (OffloadPool) group.offloadExecutor();
            CountDownLatch began = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            Greenlet<?> hanging = group.spawn(() -> Weft.offload(() -> {
                began.countDown();
                go.await();
                return null;
            }));
            began.await();
            group.spawn(() -> {
                        for (int i = 0; i < 1000; i++) {
                            Greenlet<?> caller = Weft.spawn(() -> Weft.offload(() -> null));
                            Weft.yieldNow();
                            caller.kill();
                            Weft.yieldNow();
                            assertEquals(Greenlet.State.CANCELLED, caller.state());
                        }
                    })
                    .join();
            group.next().call(() -> null); // a turn, which clears out
            assertTrue(pool.queued() <= 2, () -> pool.queued() + " calls in the queue");
            go.countDown();
            hanging.join();
        }
    }

    @Test
    void callsThatRanOnTheThreadThatWaitedForThemLeaveNothingInTheQueue() {
        try (LoopGroup group = LoopGroup.builder().offloadThreads(1).open()) {
            OffloadPool pool = (OffloadPool) group.offloadExecutor();
            group.spawn(() -> Weft.offload(() -> {
                        Weft.fromThread(() -> {
                            for (int i = 0; i < 1000; i++) {
                                Weft.offload(() -> null);
                            }
                        });
                        assertTrue(pool.queued() <= 2, () -> pool.queued() + " calls in the queue");
                        return null;
                    }))
                    .join();
        }
    }
}
