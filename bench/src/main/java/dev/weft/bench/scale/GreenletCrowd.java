package dev.weft.bench.scale;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.actor.Owner;
import dev.weft.spi.Waiter;
import dev.weft.sync.Channel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Greenlets or timers of one loop. */
abstract class GreenletCrowd implements Crowd {
    final LoopGroup group = LoopGroup.open();
    final Loop loop = group.next();
    private final Loop.Handle spawner = loop.keepAlive();

    abstract void comeOne();

    @Override
    public void come(int count) {
        loop.spawn(() -> {
                    for (int i = 0; i < count; i++) {
                        comeOne();
                    }
                })
                .join();
        afterAllOthers(loop);
    }

    /** Returns when all greenlets spawned or woken before have run; the run queue is first in, first out. */
    static void afterAllOthers(Loop loop) {
        loop.spawn(() -> Weft.yieldNow()).join();
    }

    @Override
    public void close() {
        spawner.close();
        group.close();
    }

    /** Greenlets that receive from one channel. */
    static final class Parked extends GreenletCrowd {
        private Channel<String> channel = Channel.on(loop).rendezvous();

        @Override
        void comeOne() {
            Weft.spawn(channel::receiveOrEnd);
        }

        @Override
        public void leave() {
            channel.close();
            afterAllOthers(loop);
            channel = Channel.on(loop).rendezvous();
        }
    }

    /** Owners that have nothing to do. */
    static final class Idle extends GreenletCrowd {
        private final List<Owner<String>> owners = new ArrayList<>();

        @Override
        void comeOne() {
            Owner<String> owner = Owner.start("owner", () -> "state");
            owner.tell(state -> {});
            owners.add(owner);
        }

        @Override
        public void leave() {
            owners.forEach(Owner::stop);
            afterAllOthers(loop);
            owners.clear();
        }
    }

    /** Greenlets that sleep for the same time, each from its own start. */
    static final class Sleeping extends GreenletCrowd {
        private final Lateness lateness = new Lateness();
        private final Duration rest;

        Sleeping(Duration rest) {
            this.rest = rest;
        }

        @Override
        public void come(int count) {
            lateness.reset();
            super.come(count);
        }

        @Override
        void comeOne() {
            Weft.spawn(() -> {
                long deadline = System.nanoTime() + rest.toNanos();
                Weft.sleep(rest);
                lateness.record(deadline);
            });
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
    }

    /** Timers without greenlets. Each consists of the awaitable, its timer and its waiter. */
    static final class Timers extends GreenletCrowd {
        private final Lateness lateness = new Lateness();
        private final Duration rest;
        private CountDownLatch pending = new CountDownLatch(0);

        Timers(Duration rest) {
            this.rest = rest;
        }

        @Override
        public void come(int count) {
            lateness.reset();
            pending = new CountDownLatch(count);
            super.come(count);
        }

        @Override
        void comeOne() {
            Weft.timer(rest).subscribe(new Alarm(System.nanoTime() + rest.toNanos()));
        }

        @Override
        public void leave() throws InterruptedException {
            pending.await();
        }

        @Override
        public Map<String, Object> figures() {
            return lateness.figures();
        }

        private final class Alarm extends Waiter<@Nullable Void> {
            private final long deadlineNanos;

            Alarm(long deadlineNanos) {
                this.deadlineNanos = deadlineNanos;
            }

            @Override
            public void succeed(@Nullable Void nothing) {
                lateness.record(deadlineNanos);
                pending.countDown();
            }

            @Override
            public void fail(Throwable failure) {
                throw new AssertionError("a timer has failed", failure);
            }
        }
    }
}
