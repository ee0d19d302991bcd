package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Action;
import dev.weft.Busy;
import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A socket belongs to one loop, each of its directions to one greenlet at a time; a greenlet that is killed takes nothing. */
abstract class OwnershipContract extends SocketContract {
    OwnershipContract(StreamFamily family) {
        super(family);
    }

    @ParameterizedTest
    @CsvSource({"AUTOMATIC,AUTOMATIC", "AUTOMATIC,EXPLICIT", "EXPLICIT,AUTOMATIC", "EXPLICIT,EXPLICIT"})
    void aSecondReaderIsBusyAndTheFirstGetsTheData(Form first, Form second) throws Exception {
        withPair((stream, peer) -> {
            ByteBuffer target = ByteBuffer.allocate(10);
            Greenlet<Integer> reader = Weft.spawn(() -> first.read(stream, target));
            untilWaiting(reader);
            assertThrows(Busy.class, () -> second.read(stream, ByteBuffer.allocate(10)));
            assertThrows(Busy.class, () -> stream.read(new ByteBuffer[] {ByteBuffer.allocate(10)}));
            send(peer, "mine");
            assertEquals(4, reader.join());
            assertEquals("mine", text(target));
        });
    }

    @ParameterizedTest
    @CsvSource({"AUTOMATIC,AUTOMATIC", "AUTOMATIC,EXPLICIT", "EXPLICIT,AUTOMATIC", "EXPLICIT,EXPLICIT"})
    void aSecondReaderIsBusyAlsoWhenDataHasComeMeanwhile(Form first, Form second) throws Exception {
        withPair((stream, peer) -> {
            ByteBuffer target = ByteBuffer.allocate(10);
            Greenlet<Integer> reader = Weft.spawn(() -> first.read(stream, target));
            untilWaiting(reader);
            // Woken by the same readiness as the reader, or already there: a race that nobody may win by luck.
            Greenlet<Integer> thief = Weft.spawn(() -> {
                while (reader.state() == Greenlet.State.WAITING) {
                    Weft.yieldNow();
                }
                return reader.state().isDone() ? -2 : second.read(stream, ByteBuffer.allocate(10));
            });
            untilReadyAfter(reader, () -> send(peer, "mine"));
            assertEquals(4, reader.join());
            assertEquals("mine", text(target));
            thief.kill();
            assertThrows(RuntimeException.class, () -> assertEquals(-2, thief.join()));
        });
    }

    /** Runs {@code event}, and others, until {@code greenlet} does not wait any more. */
    private static void untilReadyAfter(Greenlet<?> greenlet, Action event) throws Exception {
        event.run();
        while (greenlet.state() == Greenlet.State.WAITING) {
            Weft.yieldNow();
        }
    }

    @ParameterizedTest
    @CsvSource({"AUTOMATIC,AUTOMATIC", "AUTOMATIC,EXPLICIT", "EXPLICIT,AUTOMATIC", "EXPLICIT,EXPLICIT"})
    void aSecondWriterIsBusyAndNeverWritesIntoTheFirstOnesMessage(Form first, Form second) throws Exception {
        withStreams((one, other) -> {
            ByteBuffer source = ByteBuffer.allocate(16 << 20);
            Greenlet<Integer> writer = Weft.spawn(() -> first.write(one, source));
            untilWaiting(writer);
            assertThrows(Busy.class, () -> second.write(one, bytes("x")));
            assertThrows(Busy.class, () -> one.write(new ByteBuffer[] {bytes("x")}));
            // Also when there is room at this very moment, which the first one has not heard of yet.
            ByteBuffer target = ByteBuffer.allocate(source.capacity());
            while (target.hasRemaining()) {
                other.read(target);
                if (first == Form.AUTOMATIC && !writer.state().isDone()) {
                    assertThrows(Busy.class, () -> second.write(one, bytes("x")));
                    assertThrows(Busy.class, () -> one.write(new ByteBuffer[] {bytes("x")}));
                }
            }
            writer.join();
            second.write(one, bytes("now"));
            assertEquals("now", receive(other, 3));
            assertEquals(ByteBuffer.allocate(source.capacity()), target.flip());
        });
    }

    @ParameterizedTest
    @EnumSource
    void oneReadsWhileAnotherWrites(Form form) throws Exception {
        withPair((stream, peer) -> {
            fill(stream);
            Greenlet<Integer> writer = Weft.spawn(() -> form.write(stream, tooMuch()));
            Greenlet<Integer> reader = Weft.spawn(() -> form.read(stream, ByteBuffer.allocate(1)));
            untilWaiting(writer);
            untilWaiting(reader);
            send(peer, "r");
            assertEquals(1, reader.join());
            assertEquals(Greenlet.State.WAITING, writer.state());
            writer.kill();
            assertThrows(Cancelled.class, writer::join);
        });
    }

    @Test
    void anAwaitableThatIsAwaitedTwiceAtOnceIsBusy() throws Exception {
        withPair((stream, peer) -> {
            var reading = stream.reading(ByteBuffer.allocate(1));
            Greenlet<Integer> reader = Weft.spawn(() -> Weft.await(reading));
            untilWaiting(reader);
            assertThrows(Busy.class, () -> Weft.await(reading));
            send(peer, "x");
            assertEquals(1, reader.join());
        });
    }

    @ParameterizedTest
    @EnumSource
    void aKilledReaderTakesNothing(Form form) throws Exception {
        withPair((stream, peer) -> {
            Greenlet<Integer> reader = Weft.spawn(() -> form.read(stream, ByteBuffer.allocate(10)));
            untilWaiting(reader);
            reader.kill();
            send(peer, "kept");
            assertThrows(Cancelled.class, reader::join);
            assertEquals("kept", receive(stream, 4));
        });
    }

    @ParameterizedTest
    @EnumSource
    void aReadThatThrowsCancelledTookNothing(Form form) throws Exception {
        withPair((stream, peer) -> {
            ByteBuffer target = ByteBuffer.allocate(10);
            send(peer, "kept");
            Greenlet<Integer> suicide = Weft.spawn(() -> {
                Greenlet.current().kill();
                return form.read(stream, target);
            });
            assertThrows(Cancelled.class, suicide::join);
            assertEquals(0, target.position());
            assertEquals("kept", receive(stream, 4));
        });
    }

    @ParameterizedTest
    @EnumSource
    void aReaderKilledAfterItsDataCameLosesNoByte(Form form) throws Exception {
        withPair((stream, peer) -> {
            ByteBuffer target = ByteBuffer.allocate(4);
            Greenlet<Integer> reader = Weft.spawn(() -> form.read(stream, target));
            untilWaiting(reader);
            Greenlet<?> killer = Weft.spawn(() -> {
                while (reader.state() == Greenlet.State.WAITING) {
                    Weft.yieldNow();
                }
                reader.kill();
            });
            untilReadyAfter(reader, () -> send(peer, "kept"));
            killer.join();
            untilDone(reader);
            if (reader.state() == Greenlet.State.CANCELLED) {
                assertEquals("kept", receive(stream, 4));
            } else {
                assertEquals(4, reader.join());
                assertEquals("kept", text(target));
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aWriterToAPeerThatNeverReadsCanBeKilled(Form form) throws Exception {
        withPair((stream, peer) -> {
            ByteBuffer source = ByteBuffer.allocate(16 << 20);
            Greenlet<Integer> writer = Weft.spawn(() -> form.write(stream, source));
            untilWaiting(writer);
            writer.kill();
            assertThrows(Cancelled.class, writer::join);
            assertTrue(source.position() > 0 && source.hasRemaining());
        });
    }

    @Test
    void useFromAThreadIsRefusedWithTheCure() throws Exception {
        withPair((stream, peer) -> assertRefused(stream, OwnershipContract::onAThread));
    }

    @Test
    void useFromAnotherLoopIsRefusedWithTheCure() throws Exception {
        try (LoopGroup other = LoopGroup.builder()
                .name("other")
                .uncaughtHandler((greenlet, failure) -> {})
                .open()) {
            withPair((stream, peer) ->
                    assertRefused(stream, use -> other.spawn(use::run).join()));
        }
    }

    interface Elsewhere {
        void run(Runnable use) throws Exception;
    }

    static void onAThread(Runnable use) {
        Weft.await(CompletableFuture.runAsync(use));
    }

    private static void assertRefused(ByteStream stream, Elsewhere elsewhere) {
        ByteBuffer buffer = ByteBuffer.allocate(1);
        assertAllRefused(
                elsewhere,
                () -> stream.read(buffer),
                () -> stream.read(new ByteBuffer[] {buffer}),
                () -> stream.write(buffer),
                () -> stream.write(new ByteBuffer[] {buffer}),
                () -> stream.input().read(),
                () -> stream.output().write(1),
                stream::shutdownOutput,
                () -> Weft.await(stream.reading(buffer)),
                () -> Weft.await(stream.writing(buffer)));
        assertTrue(stream.isOpen());
    }

    static void assertAllRefused(Elsewhere elsewhere, Action... uses) {
        for (Action use : uses) {
            IllegalStateException refused =
                    assertThrows(IllegalStateException.class, () -> elsewhere.run(() -> runUnchecked(use)));
            String message = String.valueOf(refused.getMessage());
            assertTrue(message.contains("loop.spawn"), message);
        }
    }

    private static void runUnchecked(Action use) {
        try {
            use.run();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aCallbackCannotWait() throws Exception {
        withPair((stream, peer) -> {
            CompletableFuture<Integer> outcome = new CompletableFuture<>();
            Suspension.post(Loop.current(), () -> {
                try {
                    outcome.complete(stream.read(ByteBuffer.allocate(1)));
                } catch (Throwable t) {
                    outcome.completeExceptionally(t);
                }
            });
            assertThrows(IllegalStateException.class, () -> Weft.await(outcome));
        });
    }
}
