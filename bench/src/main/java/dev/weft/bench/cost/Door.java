package dev.weft.bench.cost;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.sync.Channel;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import org.jctools.queues.atomic.MpscAtomicArrayQueue;

/** How several foreign threads hand messages to one task. */
public enum Door {
    /** A channel with a buffer, from which a greenlet receives. */
    CHANNEL {
        @Override
        Passage open() {
            return new ChannelPassage();
        }
    },
    /** {@link Loop#execute}: no greenlet, a callback for each message. */
    EXECUTE {
        @Override
        Passage open() {
            return new ExecutePassage();
        }
    },
    /** A virtual thread at an {@link ArrayBlockingQueue}. */
    VIRTUAL_ARRAY_QUEUE {
        @Override
        Passage open() {
            return new QueuePassage(Thread.ofVirtual().factory(), new ArrayBlockingQueue<>(CAPACITY));
        }
    },
    /** A virtual thread at a {@link LinkedBlockingQueue}. */
    VIRTUAL_LINKED_QUEUE {
        @Override
        Passage open() {
            return new QueuePassage(Thread.ofVirtual().factory(), new LinkedBlockingQueue<>(CAPACITY));
        }
    },
    /** A platform thread at an {@link ArrayBlockingQueue}. */
    PLATFORM_ARRAY_QUEUE {
        @Override
        Passage open() {
            return new QueuePassage(Thread.ofPlatform().factory(), new ArrayBlockingQueue<>(CAPACITY));
        }
    },
    /** A platform thread that polls a queue of JCTools and never sleeps: the limit, at the price of a core. */
    POLLED {
        @Override
        Passage open() {
            return new PolledPassage();
        }
    };

    private static final int CAPACITY = 1024;

    /** Opens it. */
    abstract Passage open();

    /** From several threads to one task. */
    interface Passage extends AutoCloseable {
        /** Any thread: hands a message over, waiting while there is no room. */
        void put(Integer message);

        /** Starts to take {@code count} messages; what it gives waits until that many have come, and is their sum. */
        Sum take(int count);

        @Override
        void close();
    }

    /** Of the messages taken. */
    interface Sum {
        long await();
    }

    private static final class ChannelPassage implements Passage {
        private final LoopGroup group = LoopGroup.open();
        private final Loop loop = group.next();
        private final Channel<Integer> channel = Channel.on(loop).buffered(CAPACITY);

        @Override
        public void put(Integer message) {
            channel.send(message);
        }

        @Override
        public Sum take(int count) {
            return loop.<Long>spawn(() -> {
                long sum = 0;
                for (int i = 0; i < count; i++) {
                    sum += channel.receive();
                }
                return sum;
            })::join;
        }

        @Override
        public void close() {
            group.close();
        }
    }

    /** The inbox has no bound; the senders of a round send no more than the round has. */
    private static final class ExecutePassage implements Passage {
        private final LoopGroup group = LoopGroup.open();
        private final Loop loop = group.next();
        private final Channel<Long> whole = Channel.on(loop).buffered(1);
        private int left;
        private long sum;

        @Override
        public void put(Integer message) {
            loop.execute(() -> {
                sum += message;
                if (--left == 0) {
                    whole.trySend(sum);
                }
            });
        }

        @Override
        public Sum take(int count) {
            loop.<Boolean>call(() -> {
                left = count;
                sum = 0;
                return true;
            });
            return loop.<Long>spawn(() -> whole.receive())::join;
        }

        @Override
        public void close() {
            group.close();
        }
    }

    /** A thread that takes, of whatever kind. */
    private abstract static class ThreadPassage implements Passage {
        private final ThreadFactory factory;

        ThreadPassage(ThreadFactory factory) {
            this.factory = factory;
        }

        abstract Integer takeOne() throws InterruptedException;

        @Override
        public Sum take(int count) {
            long[] sum = new long[1];
            Thread taker = factory.newThread(() -> sum[0] = sum(count));
            taker.start();
            return () -> {
                try {
                    taker.join();
                    return sum[0];
                } catch (InterruptedException e) {
                    throw new IllegalStateException("a benchmark was interrupted", e);
                }
            };
        }

        private long sum(int count) {
            try {
                long sum = 0;
                for (int i = 0; i < count; i++) {
                    sum += takeOne();
                }
                return sum;
            } catch (InterruptedException e) {
                throw new IllegalStateException("a benchmark was interrupted", e);
            }
        }

        @Override
        public void close() {}
    }

    private static final class QueuePassage extends ThreadPassage {
        private final BlockingQueue<Integer> queue;

        QueuePassage(ThreadFactory factory, BlockingQueue<Integer> queue) {
            super(factory);
            this.queue = queue;
        }

        @Override
        public void put(Integer message) {
            try {
                queue.put(message);
            } catch (InterruptedException e) {
                throw new IllegalStateException("a benchmark was interrupted", e);
            }
        }

        @Override
        Integer takeOne() throws InterruptedException {
            return queue.take();
        }
    }

    private static final class PolledPassage extends ThreadPassage {
        private final MpscAtomicArrayQueue<Integer> queue = new MpscAtomicArrayQueue<>(CAPACITY);

        PolledPassage() {
            super(Thread.ofPlatform().factory());
        }

        @Override
        public void put(Integer message) {
            while (!queue.offer(message)) {
                Thread.yield();
            }
        }

        @Override
        Integer takeOne() {
            Integer message = queue.poll();
            while (message == null) {
                Thread.onSpinWait();
                message = queue.poll();
            }
            return message;
        }
    }
}
