package dev.weft.bench.scale;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Greenlets of one loop that sleep, each as long from its start. */
final class SleepingGreenlets implements Crowd {
    private final LoopGroup group = LoopGroup.open();
    private final Loop loop = group.next();
    private final Loop.Handle spawner = loop.keepAlive();
    private final Lateness lateness = new Lateness();
    private final Duration rest;

    SleepingGreenlets(Duration rest) {
        this.rest = rest;
    }

    @Override
    public void come(int count) {
        lateness.forget();
        loop.spawn(() -> {
                    for (int i = 0; i < count; i++) {
                        Weft.spawn(this::sleepOnce);
                    }
                })
                .join();
        ParkedGreenlets.afterAllOthers(loop);
    }

    private void sleepOnce() {
        long deadline = System.nanoTime() + rest.toNanos();
        Weft.sleep(rest);
        lateness.over(deadline);
    }

    @Override
    public void leave() throws InterruptedException {
        while (loop.statistics().alive() > 0) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
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
}
