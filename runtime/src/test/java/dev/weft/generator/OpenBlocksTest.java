package dev.weft.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A block that a body has opened does not reach whoever asks it for a value: the emit is refused. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(30)
class OpenBlocksTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final SteppedLoop stepped = SteppedLoop.open();

    @AfterEach
    void close() {
        stepped.close();
    }

    /** A block of Weft's, around some code. */
    record Block(String name, Around around) {
        interface Around {
            void run(Runnable body);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    static List<Block> blocks() {
        return List.of(
                new Block("a deadline", body -> Weft.withTimeout(SECOND, body::run)),
                new Block("a deadline", body -> Weft.moveOnAfter(SECOND, body::run)),
                new Block("a shield", body -> Weft.shield(body::run)),
                new Block("scope (ALL", body -> Weft.scope(scope -> body.run())),
                new Block("an atomic region", body -> Weft.atomic(body::run)),
                new Block("a deadline", body -> Weft.atomic(() -> Weft.withTimeout(SECOND, body::run))));
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void anEmitOutOfABlockOfTheBodyIsRefusedAndLeavesItsConsumerAlone(Block block) {
        Greenlet<String> consumer = stepped.spawn(() -> {
            Generator<Integer> numbers = Generator.of(out -> block.around().run(() -> out.emit(1)));
            IllegalStateException refused = assertThrows(IllegalStateException.class, numbers::next);
            assertTrue(refused.toString().contains(block.name()) || block.name().equals("a deadline"));
            assertTrue(refused.toString().contains("Leave the block"), refused.toString());
            assertTrue(Weft.effectiveDeadline().isEmpty());
            Weft.sleep(SECOND.multipliedBy(2));
            return "slept";
        });
        stepped.advance(SECOND.multipliedBy(2));
        assertEquals("slept", consumer.join());
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void aCoroutineIsRefusedTheSame(Block block) {
        stepped.run(() -> {
            var coroutine = Coroutine.<Integer, Integer>of((out, first) -> {
                block.around().run(() -> out.suspend(first));
                return 0;
            });
            assertThrows(IllegalStateException.class, () -> coroutine.resume(1));
            assertTrue(coroutine.isDone());
            return "";
        });
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void aSwitchOutOfABlockIsRefusedAndTheBoardStaysWhole(Block block) {
        stepped.run(() -> {
            var main = SymmetricCoroutine.<String>main();
            var child = main.child((self, first) -> {
                String told = "not refused";
                try {
                    block.around().run(() -> self.parent().switchTo("inside"));
                } catch (IllegalStateException refused) {
                    told = "refused";
                }
                return self.parent().switchTo(told);
            });
            assertEquals("refused", child.switchTo("go"));
            assertEquals("end", child.switchTo("end"));
            return "";
        });
    }

    @ParameterizedTest
    @MethodSource("blocks")
    void theConsumerMayHaveABlockOpenAndABodyMayLeaveIts(Block block) {
        stepped.run(() -> {
            Generator<Integer> numbers = Generator.of(out -> {
                for (int i = 0; i < 4; i++) {
                    block.around().run(() -> assertFalse(Thread.interrupted()));
                    out.emit(i);
                }
            });
            int[] sum = {0};
            sum[0] += numbers.next();
            block.around().run(() -> sum[0] += numbers.next());
            sum[0] += numbers.next();
            block.around().run(() -> block.around().run(() -> sum[0] += numbers.next()));
            assertEquals(6, sum[0]);
            assertFalse(numbers.hasNext());
            return "";
        });
    }

    @Test
    void aBodyInsideABodyMayEmitToItInsideABlock() {
        stepped.run(() -> {
            Generator<Integer> sums = Generator.of(out -> {
                int sum = Weft.withTimeout(SECOND, () -> {
                    int inner = 0;
                    for (int i : Generator.<Integer>of(in -> {
                        in.emit(1);
                        in.emit(2);
                    })) {
                        inner += i;
                    }
                    return inner;
                });
                out.emit(sum);
            });
            assertEquals(3, sums.next());
            return "";
        });
    }

    @Test
    void aDeadlineOfTheConsumerReachesAWaitOfTheBody() {
        Greenlet<?> consumer = stepped.spawn(() -> {
            Generator<Integer> slow = Generator.of(out -> {
                Weft.sleep(SECOND.multipliedBy(10));
                out.emit(1);
            });
            assertThrows(DeadlineExceeded.class, () -> Weft.withTimeout(SECOND, () -> slow.next()));
        });
        stepped.advance(SECOND);
        consumer.join();
    }

    /** The scope around all that a greenlet does is made with its first kill: that is no block of the body. */
    @Test
    void aKillInTheMidstOfABodyIsNoBlock() {
        Greenlet<Integer> consumer = stepped.spawn(() -> {
            Generator<Integer> numbers = Generator.of(out -> {
                assertThrows(dev.weft.Cancelled.class, () -> Weft.sleep(SECOND));
                out.emit(1);
            });
            return numbers.next();
        });
        stepped.runUntilIdle();
        consumer.kill();
        stepped.runUntilIdle();
        assertSame(Greenlet.State.RETURNED, consumer.state());
        assertEquals(1, consumer.join());
    }
}
