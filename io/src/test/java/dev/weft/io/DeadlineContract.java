package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A wait whose time is over ends alone: nothing was done, nothing is lost, the socket goes on. */
abstract class DeadlineContract extends SocketContract {
    DeadlineContract(StreamFamily family) {
        super(family);
    }

    @ParameterizedTest
    @EnumSource
    void afterAReadTimedOutEveryByteIsStillRead(Form form) throws Exception {
        withPair((stream, peer) -> {
            ByteBuffer target = ByteBuffer.allocate(100);
            DeadlineExceeded timeout = assertThrows(DeadlineExceeded.class, () -> form.read(stream, target, SOON));
            assertEquals(SOON, timeout.timeout());
            assertTrue(String.valueOf(timeout.getMessage()).contains(stream.toString()), timeout::getMessage);
            assertEquals(0, target.position());
            send(peer, "every ");
            form.read(stream, target, LONG);
            assertThrows(DeadlineExceeded.class, () -> form.read(stream, target, SOON));
            send(peer, "byte");
            form.read(stream, target, LONG);
            assertEquals("every byte", text(target));
        });
    }

    @ParameterizedTest
    @EnumSource
    void aDeadlineOfZeroTakesWhatIsThere(Form form) throws Exception {
        withPair((stream, peer) -> {
            ByteBuffer target = ByteBuffer.allocate(100);
            assertThrows(DeadlineExceeded.class, () -> form.read(stream, target, Duration.ZERO));
            send(peer, "there");
            assertEquals(5, form.read(stream, target, Duration.ZERO));
            assertThrows(DeadlineExceeded.class, () -> form.read(stream, target, Duration.ofSeconds(-1)));
        });
    }

    /** On a clock that passes a millisecond at each look, as on a loop that is held up everywhere. */
    @ParameterizedTest
    @EnumSource
    void aDeadlineOfZeroTakesWhatIsThereHoweverSlowTheLoop(Form form) throws Exception {
        AtomicLong nanos = new AtomicLong();
        LoopGroup.Builder slow = LoopGroup.builder().clock(() -> nanos.addAndGet(1_000_000));
        try (LoopGroup group = slow.open()) {
            group.spawn(() -> {
                        try (Pair pair = pair()) {
                            ByteBuffer target = ByteBuffer.allocate(100);
                            assertThrows(DeadlineExceeded.class, () -> form.read(pair.stream(), target, Duration.ZERO));
                            send(pair.peer(), "there");
                            assertEquals(5, form.read(pair.stream(), target, Duration.ZERO));
                        }
                    })
                    .join();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWriterToAPeerThatNeverReadsTimesOutAndKnowsHowFarItCame(Form form) throws Exception {
        withStreams((one, other) -> {
            ByteBuffer source = ByteBuffer.allocate(16 << 20);
            for (int i = 0; i < source.capacity(); i += Integer.BYTES) {
                source.putInt(i, i);
            }
            assertThrows(DeadlineExceeded.class, () -> form.write(one, source, SOON));
            assertTrue(source.position() > 0 && source.hasRemaining(), source::toString);
            // The rest of it, once the peer reads again, makes the message whole.
            Greenlet<Integer> writer = Weft.spawn(() -> form.write(one, source, LONG));
            ByteBuffer target = ByteBuffer.allocate(source.capacity());
            while (target.hasRemaining()) {
                other.read(target);
            }
            writer.join();
            assertEquals(source.flip(), target.flip());
        });
    }

    @ParameterizedTest
    @EnumSource
    void aDeadlineThatWasMetLeavesNoTimer(Form form) throws Exception {
        withPair((stream, peer) -> {
            Greenlet<Integer> reader = Weft.spawn(() -> form.read(stream, ByteBuffer.allocate(1), LONG));
            untilWaiting(reader);
            assertEquals(1, Loop.current().statistics().timers());
            send(peer, "x");
            reader.join();
            assertEquals(0, Loop.current().statistics().timers());
        });
    }

    @ParameterizedTest
    @EnumSource
    void readersAndWritersHaveDeadlinesOfTheirOwn(Form form) throws Exception {
        withPair((stream, peer) -> {
            fill(stream);
            Greenlet<Integer> reader = Weft.spawn(() -> form.read(stream, ByteBuffer.allocate(10), LONG));
            untilWaiting(reader);
            assertThrows(DeadlineExceeded.class, () -> form.write(stream, tooMuch(), SOON));
            assertEquals(Greenlet.State.WAITING, reader.state());
            send(peer, "still");
            assertEquals(5, reader.join());
        });
    }

    @ParameterizedTest
    @EnumSource
    void dataAndDeadlineAtOnceNeverLoseAByte(Form form) throws Exception {
        withPair((stream, peer) -> {
            ByteBuffer target = ByteBuffer.allocate(1000);
            List<Greenlet<?>> sleepers = new ArrayList<>(); // with timers of the same millisecond
            while (target.hasRemaining()) {
                byte next = (byte) target.position();
                Greenlet<Integer> reader = Weft.spawn(() -> readOrNothing(form, stream, target));
                untilWaiting(reader);
                sleepers.add(Weft.spawn(() -> Weft.sleep(Duration.ofMillis(1))));
                Weft.yieldNow();
                long begin = System.nanoTime();
                while (System.nanoTime() - begin < 900_000) {} // into the millisecond in which the deadline lies
                peer.write(ByteBuffer.wrap(new byte[] {next}));
                if (reader.join() == 0) {
                    assertEquals(1, form.read(stream, target));
                }
            }
            for (Greenlet<?> sleeper : sleepers) {
                sleeper.join();
            }
            for (int i = 0; i < target.capacity(); i++) {
                assertEquals((byte) i, target.get(i));
            }
        });
    }

    private static int readOrNothing(Form form, ByteStream stream, ByteBuffer target) throws IOException {
        int end = target.position();
        try {
            return form.read(stream, target, Duration.ofMillis(1));
        } catch (DeadlineExceeded e) {
            assertEquals(end, target.position());
            return 0;
        }
    }
}
