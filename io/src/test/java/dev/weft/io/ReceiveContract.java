package dev.weft.io;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Busy;
import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.io.selector.SelectorPoller;
import dev.weft.sync.Event;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is received lies in a buffer of the loop's, which is lent for as long as the receiver runs. */
abstract class ReceiveContract extends SocketContract {
    private static final int LARGE = 16 << 20;

    private final List<String> got = new ArrayList<>();

    ReceiveContract(StreamFamily family) {
        super(family);
    }

    private void keep(ByteBuffer bytes) {
        assertTrue(bytes.isDirect());
        got.add(US_ASCII.decode(bytes).toString());
    }

    /** Buffers that lie idle on the caller's loop. */
    private static int idleBuffers() {
        return SelectorPoller.of(Loop.current()).receiveBuffers().free();
    }

    @Test
    void theReceiverGetsWhatIsThere() throws Exception {
        withPair((stream, peer) -> {
            send(peer, "hello");
            assertEquals(5, stream.receive(this::keep));
            assertEquals(List.of("hello"), got);
        });
    }

    @Test
    void whoWaitsForItHoldsNoBuffer() throws Exception {
        withPair((stream, peer) -> {
            send(peer, "first");
            stream.receive(this::keep);
            int idle = idleBuffers();
            Greenlet<Integer> reader = Weft.spawn(() -> stream.receive(this::keep));
            untilWaiting(reader);
            assertEquals(idle, idleBuffers());
            send(peer, "second");
            assertEquals(6, reader.join());
            assertEquals(List.of("first", "second"), got);
        });
    }

    @Test
    void theEndIsToldAndNothingIsLent() throws Exception {
        withPair((stream, peer) -> {
            send(peer, "all");
            peer.shutdownOutput();
            assertEquals(3, stream.receive(this::keep));
            assertEquals(-1, stream.receive(this::keep));
            assertEquals(-1, stream.receive(this::keep));
            assertEquals(List.of("all"), got);
        });
    }

    @Test
    void aReceiverThatWaitsKeepsItsBufferToItself() throws Exception {
        withStreams((one, other) -> {
            Event go = new Event();
            List<ByteBuffer> buffers = new ArrayList<>();
            Greenlet<Integer> slow = Weft.spawn(() -> other.receive(bytes -> {
                buffers.add(bytes);
                Weft.await(go);
                keep(bytes);
            }));
            one.write(bytes("for the slow one"));
            while (buffers.isEmpty()) {
                Weft.yieldNow();
            }
            one.write(bytes("for another"));
            other.receive(bytes -> {
                buffers.add(bytes);
                keep(bytes);
            });
            go.set();
            slow.join();
            assertNotSame(buffers.get(0), buffers.get(1));
            assertEquals(List.of("for another", "for the slow one"), got);
        });
    }

    @Test
    void oneAfterTheOtherTheyUseTheSameBuffer() throws Exception {
        withStreams((one, other) -> {
            List<ByteBuffer> buffers = new ArrayList<>();
            for (ByteStream[] pair : new ByteStream[][] {{one, other}, {other, one}}) {
                pair[0].write(bytes("hello"));
                pair[1].receive(buffers::add);
            }
            assertSame(buffers.get(0), buffers.get(1));
        });
    }

    @Test
    void anEchoOfItLosesNothingThoughThePeerDoesNotKeepUp() throws Exception {
        withStreams((one, other) -> {
            byte[] sent = new byte[LARGE];
            for (int i = 0; i < sent.length; i++) {
                sent[i] = (byte) ((i * 31) >> 8);
            }
            Greenlet<?> echo = Weft.spawn(() -> {
                while (other.receive(other::write) >= 0) {
                    // as the page of ByteStream has it
                }
                other.shutdownOutput();
            });
            Greenlet<?> writer = Weft.spawn(() -> {
                one.write(ByteBuffer.wrap(sent));
                one.shutdownOutput();
            });
            ByteBuffer back = ByteBuffer.allocate(LARGE);
            while (back.hasRemaining() && one.receive(back::put) >= 0) {
                Weft.yieldNow();
            }
            writer.join();
            echo.join();
            assertTrue(Arrays.equals(sent, back.array()));
        });
    }

    @Test
    void aFailureOfTheReceiverIsTheCallersAndGivesTheBufferBack() throws Exception {
        withPair((stream, peer) -> {
            send(peer, "hello");
            assertThrows(
                    ArithmeticException.class,
                    () -> stream.receive(bytes -> {
                        throw new ArithmeticException();
                    }));
            int idle = idleBuffers();
            assertTrue(idle > 0);
            send(peer, "again");
            assertEquals(5, stream.receive(this::keep));
            assertEquals(idle, idleBuffers());
        });
    }

    @Test
    void oneThatIsKilledInTheReceiverGivesTheBufferBack() throws Exception {
        withPair((stream, peer) -> {
            send(peer, "hello");
            Greenlet<Integer> receiver = Weft.spawn(() -> stream.receive(bytes -> {
                keep(bytes);
                Weft.await(new Event());
            }));
            while (got.isEmpty()) {
                Weft.yieldNow();
            }
            untilWaiting(receiver);
            int idle = idleBuffers();
            receiver.kill();
            assertThrows(Cancelled.class, receiver::join);
            assertEquals(idle + 1, idleBuffers());
        });
    }

    @Test
    void aDeadlineThatPassesLosesNoByte() throws Exception {
        withPair((stream, peer) -> {
            assertThrows(DeadlineExceeded.class, () -> Weft.withTimeout(SOON, () -> stream.receive(this::keep)));
            send(peer, "late");
            assertEquals(4, stream.receive(this::keep));
            assertEquals(List.of("late"), got);
        });
    }

    @Test
    void aSecondReaderIsRefused() throws Exception {
        withPair((stream, peer) -> {
            Greenlet<Integer> first = Weft.spawn(() -> stream.receive(this::keep));
            untilWaiting(first);
            assertThrows(Busy.class, () -> stream.receive(this::keep));
            assertThrows(Busy.class, () -> stream.read(ByteBuffer.allocate(1)));
            send(peer, "one");
            assertEquals(3, first.join());
        });
    }

    @Test
    void aCloseUnderneathIsTold() throws Exception {
        withPair((stream, peer) -> {
            Greenlet<Integer> receiver = Weft.spawn(() -> stream.receive(this::keep));
            untilWaiting(receiver);
            stream.close();
            assertThrows(AsynchronousCloseException.class, receiver::join);
        });
    }
}
