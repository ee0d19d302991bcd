package dev.weft.io.automatic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.weft.Greenlet;
import dev.weft.testing.NoGreenletLeaks;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Caffeine's caches, whose loaders wait, in greenlets of one loop. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class CaffeineTest {
    private static final int CROWD = 200;

    @Test
    void oneLoadsWhileTheOthersWait() throws Exception {
        try (OneLoop one = OneLoop.open()) {
            CountDownLatch loaded = new CountDownLatch(1);
            Queue<Integer> loads = new ConcurrentLinkedQueue<>();
            LoadingCache<Integer, String> cache = Caffeine.newBuilder()
                    .maximumSize(10)
                    .executor(one.loop().executor())
                    .build(key -> {
                        loads.add(key);
                        loaded.await();
                        return "value " + key;
                    });
            List<Greenlet<String>> crowd = one.spawnAll(CROWD, number -> cache.get(1));
            one.untilWaiting(CROWD);
            loaded.countDown();
            assertEquals(Collections.nCopies(CROWD, "value 1"), one.joinAll(crowd));
            assertEquals(List.of(1), List.copyOf(loads));
        }
    }

    @Test
    void anAsynchronousCacheLoadsInGreenlets() throws Exception {
        try (OneLoop one = OneLoop.open()) {
            AsyncLoadingCache<Integer, String> cache = Caffeine.newBuilder()
                    .maximumSize(10)
                    .executor(one.loop().executor())
                    .buildAsync(key -> {
                        if (key < 0) {
                            throw new IllegalArgumentException("negative: " + key);
                        }
                        return Greenlet.current().loop() == one.loop() ? "value " + key : "not here";
                    });
            assertEquals(
                    Collections.nCopies(CROWD, "value 1"),
                    one.all(CROWD, number -> cache.get(1).join()));
            one.call(() ->
                    assertThrows(CompletionException.class, () -> cache.get(-1).join()));
        }
    }
}
