package dev.weft.bench.cost;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.spi.WaitQueue;
import dev.weft.spi.Waiter;
import dev.weft.sync.Channel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Tasks on greenlets: of one loop, or of two. */
final class GreenletTasks extends Tasks<Greenlet<@Nullable Void>> {
    private final LoopGroup group;
    private final Loop loop;
    private final Loop elsewhere;

    GreenletTasks() {
        this(1);
    }

    /** @param loops one, or two for {@link #spawnElsewhere} */
    GreenletTasks(int loops) {
        group = LoopGroup.open(loops);
        loop = group.loops().getFirst();
        elsewhere = group.loops().getLast();
    }

    @Override
    void run(Runnable body) {
        loop.spawn(body::run).join();
    }

    @Override
    Greenlet<@Nullable Void> spawn(Runnable body) {
        return Weft.spawn(body::run);
    }

    @Override
    Greenlet<@Nullable Void> spawnElsewhere(Runnable body) {
        return elsewhere.spawn(body::run);
    }

    @Override
    void join(Greenlet<@Nullable Void> task) {
        task.join();
    }

    @Override
    void yieldNow() {
        Weft.yieldNow();
    }

    @Override
    void await(CompletableFuture<Void> future) {
        Weft.await(future);
    }

    @Override
    Conduit newConduit(int capacity) {
        Channel<Object> channel = Channel.buffered(capacity);
        return new Conduit() {
            @Override
            public void put(Object value) {
                channel.send(value);
            }

            @Override
            public Object take() {
                return channel.receive();
            }
        };
    }

    @Override
    Gate newGate() {
        return new AwaitableGate();
    }

    @Override
    public void close() {
        group.close();
    }

    /** A gate based on the {@link Awaitable} interface, like any user-defined blocking primitive. */
    private static final class AwaitableGate implements Gate, Awaitable<@Nullable Void> {
        private final WaitQueue<@Nullable Void> waiters = new WaitQueue<>();
        private boolean open;
        private long limitNanos;
        private Duration limit = Duration.ZERO;

        @Override
        public void pass() {
            Weft.await(this);
        }

        @Override
        public void passWithin(long nanos) {
            if (nanos != limitNanos) {
                limitNanos = nanos;
                limit = Duration.ofNanos(nanos);
            }
            Weft.await(this, limit);
        }

        @Override
        @SuppressWarnings("NullAway") // a Void is always null
        public void open() {
            Waiter<? super @Nullable Void> waiter = waiters.poll();
            if (waiter == null) {
                open = true;
            } else {
                waiter.succeed(null);
            }
        }

        @Override
        @SuppressWarnings("NullAway") // a Void is always null
        public void subscribe(Waiter<? super @Nullable Void> waiter) {
            if (open) {
                open = false;
                waiter.succeed(null);
            } else {
                waiters.add(waiter);
            }
        }

        @Override
        public boolean unsubscribe(Waiter<? super @Nullable Void> waiter) {
            waiters.remove(waiter);
            return true;
        }
    }
}
