package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.Greenlet;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random operations, one at a time, on a channel and on a model of it that a person can read. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
class ChannelModelTest {
    private static final int OPERATIONS = 80;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void theChannelDoesWhatTheModelDoes(int capacity) {
        long[] seed = {capacity};
        SteppedLoop.underSeeds(200, stepped -> new Run(stepped, capacity, seed[0] += 7).play());
    }

    /** What has become of each operation, by its number: its result, or nothing while it waits. */
    private static final class Model {
        final TreeMap<Integer, String> outcomes = new TreeMap<>();
        private final int capacity;
        private final Deque<Integer> buffer = new ArrayDeque<>();
        private final Deque<Integer> receivers = new ArrayDeque<>();
        private final Deque<Integer> senders = new ArrayDeque<>(); // the value sent is the number of the operation
        private boolean closed;
        private boolean failed;

        Model(int capacity) {
            this.capacity = capacity;
        }

        void send(int number) {
            if (closed) {
                outcomes.put(number, refused());
                return;
            }
            senders.add(number);
            settle();
        }

        void receive(int number) {
            receivers.add(number);
            settle();
        }

        boolean trySend(int number) {
            boolean room = !receivers.isEmpty() || buffer.size() < capacity;
            if (room) {
                send(number);
                outcomes.remove(number);
            }
            return room;
        }

        Optional<Integer> tryReceive() {
            Integer first = !buffer.isEmpty() ? buffer.peek() : senders.peek();
            if (first != null) {
                receive(-1);
                outcomes.remove(-1);
            }
            return Optional.ofNullable(first);
        }

        void kill(int number) {
            if (receivers.remove(number) || senders.remove(number)) {
                outcomes.put(number, "cancelled");
                settle();
            }
        }

        void close(boolean withFailure) {
            if (!closed) {
                closed = true;
                failed = withFailure;
                if (failed) {
                    senders.forEach(sender -> outcomes.put(sender, refused()));
                    senders.clear();
                }
                settle();
            }
        }

        boolean isOver() {
            return closed && buffer.isEmpty() && senders.isEmpty();
        }

        private String refused() {
            return failed ? "ChannelFailed" : "ChannelClosed";
        }

        /** Values move on for as long as they can. */
        private void settle() {
            boolean moved = true;
            while (moved) {
                moved = false;
                if (!senders.isEmpty() && (buffer.size() < capacity || (buffer.isEmpty() && !receivers.isEmpty()))) {
                    int sender = senders.remove();
                    buffer.add(sender);
                    outcomes.put(sender, "sent");
                    moved = true;
                }
                if (!buffer.isEmpty() && !receivers.isEmpty()) {
                    outcomes.put(receivers.remove(), "got " + buffer.remove());
                    moved = true;
                }
            }
            if (isOver()) {
                receivers.forEach(receiver -> outcomes.put(receiver, failed ? "ChannelFailed" : "EndOfChannel"));
                receivers.clear();
            }
        }
    }

    /** One game. */
    private static final class Run {
        private final SteppedLoop stepped;
        private final Channel<Integer> channel;
        private final Model model;
        private final SplittableRandom random;
        private final TreeMap<Integer, String> outcomes = new TreeMap<>();
        private final List<Greenlet<?>> greenlets = new ArrayList<>();
        private final List<Integer> numbers = new ArrayList<>(); // of their operations
        private final List<String> log = new ArrayList<>();

        Run(SteppedLoop stepped, int capacity, long seed) {
            this.stepped = stepped;
            channel = Channel.on(stepped.loop()).buffered(capacity);
            model = new Model(capacity);
            random = new SplittableRandom(seed);
        }

        void play() {
            int endsAt = random.nextInt(OPERATIONS * 2); // half of the games see no end
            for (int i = 0; i < OPERATIONS; i++) {
                if (i == endsAt) {
                    end();
                }
                step(i);
                stepped.runUntilIdle();
                assertEquals(model.outcomes, outcomes, log::toString);
            }
            greenlets.forEach(Greenlet::kill);
            stepped.runUntilIdle();
        }

        private void end() {
            boolean withFailure = random.nextBoolean();
            log.add(withFailure ? "fail" : "close");
            if (withFailure) {
                channel.fail(new IllegalStateException("told so"));
            } else {
                channel.close();
            }
            stepped.runUntilIdle();
            model.close(withFailure);
        }

        private void step(int number) {
            switch (random.nextInt(8)) {
                case 0, 1, 2 -> {
                    log.add("send " + number);
                    model.send(number);
                    spawn(number, () -> {
                        channel.send(number);
                        return "sent";
                    });
                }
                case 3, 4, 5 -> {
                    log.add("receive " + number);
                    model.receive(number);
                    spawn(number, () -> "got " + channel.receive());
                }
                case 6 -> kill();
                default -> tryOne(number);
            }
        }

        private void spawn(int number, Callable<String> operation) {
            Greenlet<?> greenlet = stepped.spawn(() -> {
                String outcome = "cancelled";
                try {
                    outcome = operation.call();
                } catch (EndOfChannel | ChannelClosed | ChannelFailed e) {
                    outcome = e.getClass().getSimpleName();
                } finally {
                    outcomes.put(number, outcome);
                }
            });
            greenlets.add(greenlet);
            numbers.add(number);
        }

        private void kill() {
            if (greenlets.isEmpty()) {
                return;
            }
            int index = random.nextInt(greenlets.size());
            int number = numbers.get(index);
            log.add("kill " + number);
            greenlets.get(index).kill();
            model.kill(number);
        }

        private void tryOne(int number) {
            if (model.closed) {
                return;
            }
            log.add("try " + number);
            stepped.run(() -> {
                if (number % 2 == 0) {
                    assertEquals(model.trySend(number), channel.trySend(number), log::toString);
                } else {
                    assertEquals(model.tryReceive(), channel.tryReceive(), log::toString);
                }
                return 0;
            });
        }
    }
}
