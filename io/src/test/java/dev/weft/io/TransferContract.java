package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes get through: in both forms, with both kinds of buffer, in all sizes, in both directions. */
abstract class TransferContract extends SocketContract {
    private static final int LARGE = 16 << 20;

    TransferContract(StreamFamily family) {
        super(family);
    }

    enum Memory {
        HEAP {
            @Override
            ByteBuffer allocate(int size) {
                return ByteBuffer.allocate(size);
            }
        },
        DIRECT {
            @Override
            ByteBuffer allocate(int size) {
                return ByteBuffer.allocateDirect(size);
            }
        };

        abstract ByteBuffer allocate(int size);
    }

    static Stream<Arguments> formsAndMemories() {
        return Stream.of(Form.values())
                .flatMap(form -> Stream.of(Memory.values()).map(memory -> Arguments.of(form, memory)));
    }

    @ParameterizedTest
    @MethodSource("formsAndMemories")
    void readGivesWhatIsThere(Form form, Memory memory) throws Exception {
        withPair((stream, peer) -> {
            send(peer, "hello");
            ByteBuffer target = memory.allocate(100);
            assertEquals(5, form.read(stream, target));
            assertEquals("hello", text(target));
        });
    }

    @ParameterizedTest
    @MethodSource("formsAndMemories")
    void readWaitsWhileOthersRun(Form form, Memory memory) throws Exception {
        withPair((stream, peer) -> {
            ByteBuffer target = memory.allocate(100);
            Greenlet<Integer> reader = Weft.spawn(() -> form.read(stream, target));
            untilWaiting(reader);
            assertTrue(reader.waitingOn().contains(stream.toString()), reader.waitingOn());
            send(peer, "late");
            assertEquals(4, reader.join());
            assertEquals("late", text(target));
        });
    }

    @ParameterizedTest
    @MethodSource("formsAndMemories")
    void writeSendsAllThatRemains(Form form, Memory memory) throws Exception {
        withPair((stream, peer) -> {
            ByteBuffer source =
                    memory.allocate(10).put(bytes("xxhelloyyy")).limit(7).position(2);
            assertEquals(5, form.write(stream, source));
            assertFalse(source.hasRemaining());
            assertEquals("hello", receive(peer, 5));
        });
    }

    @ParameterizedTest
    @MethodSource("formsAndMemories")
    void sixteenMegabytesGoInOneWrite(Form form, Memory memory) throws Exception {
        withStreams((one, other) -> {
            ByteBuffer source = memory.allocate(LARGE);
            for (int i = 0; i < LARGE; i += Integer.BYTES) {
                source.putInt(i, i);
            }
            Greenlet<Integer> writer = Weft.spawn(() -> form.write(one, source));
            ByteBuffer target = memory.allocate(LARGE);
            while (target.hasRemaining()) {
                assertTrue(form.read(other, target) > 0);
            }
            assertEquals(LARGE, writer.join());
            assertEquals(source.flip(), target.flip());
        });
    }

    @ParameterizedTest
    @EnumSource
    void oneByteFragmentsArriveInOrder(Form form) throws Exception {
        withPair((stream, peer) -> {
            byte[] sent = new byte[2000];
            Arrays.setAll(new Object[sent.length], i -> sent[i] = (byte) i);
            ByteBuffer target = ByteBuffer.allocate(sent.length);
            Greenlet<?> reader = Weft.spawn(() -> {
                while (target.hasRemaining()) {
                    form.read(stream, target);
                }
            });
            for (byte each : sent) {
                untilWaiting(reader);
                peer.write(ByteBuffer.wrap(new byte[] {each}));
                Weft.yieldNow();
            }
            reader.join();
            assertArrayEquals(sent, target.array());
        });
    }

    @ParameterizedTest
    @MethodSource("formsAndMemories")
    void zeroLengthEndsAtOnce(Form form, Memory memory) throws Exception {
        withPair((stream, peer) -> {
            assertThrows(dev.weft.DeadlineExceeded.class, () -> stream.read(ByteBuffer.allocate(1), SOON));
            fill(stream);
            assertEquals(0, form.read(stream, memory.allocate(0)));
            assertEquals(0, form.write(stream, memory.allocate(0)));
            assertEquals(0, stream.read(new ByteBuffer[0]));
            assertEquals(0, stream.read(new ByteBuffer[] {memory.allocate(0)}));
            assertEquals(0, stream.write(new ByteBuffer[0]));
            assertEquals(0, stream.write(new ByteBuffer[] {memory.allocate(0)}));
            assertEquals(0, stream.input().read(new byte[0]));
        });
    }

    @Test
    void gatheringWriteSendsAllBuffersInTurn() throws Exception {
        withPair((stream, peer) -> {
            ByteBuffer[] sources = {bytes("no"), bytes("one "), ByteBuffer.allocate(0), bytes("two"), bytes("no")};
            assertEquals(7, stream.write(sources, 1, 3));
            assertEquals("one two", receive(peer, 7));
            assertEquals(2, sources[4].remaining());
        });
    }

    @Test
    void gatheringWriteTakesMoreBuffersThanTheSystemDoes() throws Exception {
        withStreams((one, other) -> {
            ByteBuffer[] sources =
                    Stream.generate(() -> bytes("0123456789")).limit(5000).toArray(ByteBuffer[]::new);
            Greenlet<Long> writer = Weft.spawn(() -> one.write(sources));
            assertEquals(String.join("", Collections.nCopies(5000, "0123456789")), receive(other, 50_000));
            assertEquals(50_000, writer.join());
        });
    }

    @Test
    void gatheringWriteWaitsForAPeerThatDoesNotKeepUp() throws Exception {
        withStreams((one, other) -> {
            ByteBuffer[] sources = {ByteBuffer.allocate(LARGE / 2), ByteBuffer.allocateDirect(LARGE / 2)};
            Greenlet<Long> writer = Weft.spawn(() -> one.write(sources));
            untilWaiting(writer);
            ByteBuffer target = ByteBuffer.allocateDirect(LARGE);
            while (target.hasRemaining()) {
                other.read(target);
            }
            assertEquals(LARGE, writer.join());
        });
    }

    @Test
    void scatteringReadWaitsAndFillsTheBuffersInTurn() throws Exception {
        withPair((stream, peer) -> {
            ByteBuffer[] targets = {ByteBuffer.allocate(3), ByteBuffer.allocateDirect(2), ByteBuffer.allocate(9)};
            Greenlet<Long> reader = Weft.spawn(() -> stream.read(targets, 1, 2));
            untilWaiting(reader);
            send(peer, "hello");
            assertEquals(5, reader.join());
            assertEquals("", text(targets[0]));
            assertEquals("he", text(targets[1]));
            assertEquals("llo", text(targets[2]));
            peer.shutdownOutput();
            assertEquals(-1, stream.read(targets));
        });
    }

    @Test
    void wrongOffsetsAreRefusedAndHarmless() throws Exception {
        withPair((stream, peer) -> {
            ByteBuffer[] two = {bytes("a"), bytes("b")};
            assertThrows(IndexOutOfBoundsException.class, () -> stream.write(two, 1, 2));
            assertThrows(IndexOutOfBoundsException.class, () -> stream.write(two, -1, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> stream.read(two, 3, 0));
            assertThrows(IndexOutOfBoundsException.class, () -> stream.input().read(new byte[2], 1, 2));
            assertThrows(IndexOutOfBoundsException.class, () -> stream.output().write(new byte[2], -1, 1));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> stream.read(bytes("ro").asReadOnlyBuffer()));
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Weft.await(stream.reading(bytes("x").asReadOnlyBuffer())));
            stream.write(two);
            assertEquals("ab", receive(peer, 2));
        });
    }

    @ParameterizedTest
    @EnumSource
    void endOfStreamLastsAndWritingGoesOnWhenThePeerHalfCloses(Form form) throws Exception {
        withPair((stream, peer) -> {
            Greenlet<Integer> reader = Weft.spawn(() -> form.read(stream, ByteBuffer.allocate(1)));
            untilWaiting(reader);
            peer.shutdownOutput();
            assertEquals(-1, reader.join());
            assertEquals(-1, form.read(stream, ByteBuffer.allocate(1)));
            assertEquals(5, form.write(stream, bytes("still")));
            assertEquals("still", receive(peer, 5));
            assertEquals(-1, form.read(stream, ByteBuffer.allocate(1)));
        });
    }

    @ParameterizedTest
    @EnumSource
    void shutdownOutputEndsThePeersStreamAndReadingGoesOn(Form form) throws Exception {
        withPair((stream, peer) -> {
            form.write(stream, bytes("last"));
            stream.shutdownOutput();
            assertEquals("last", receive(peer, 100));
            send(peer, "answer");
            ByteBuffer target = ByteBuffer.allocate(6);
            assertEquals(6, form.read(stream, target));
            assertThrows(ClosedChannelException.class, () -> form.write(stream, bytes("x")));
        });
    }

    @Test
    void inputViewReadsAsTheStreamDoes() throws Exception {
        withPair((stream, peer) -> {
            InputStream input = stream.input();
            send(peer, "\u007fabcdef");
            peer.write(ByteBuffer.wrap(new byte[] {(byte) 0xff}));
            assertEquals(0x7f, input.read());
            byte[] bytes = new byte[8];
            assertEquals(3, input.read(bytes, 2, 3));
            assertArrayEquals(new byte[] {0, 0, 'a', 'b', 'c', 0, 0, 0}, bytes);
            assertArrayEquals(new byte[] {'d', 'e', 'f', (byte) 0xff}, input.readNBytes(4));
            Greenlet<Integer> reader = Weft.spawn(() -> input.read());
            untilWaiting(reader);
            peer.close();
            assertEquals(-1, reader.join());
            assertEquals(-1, input.read(bytes));
            input.close();
            assertFalse(stream.isOpen());
        });
    }

    @Test
    void outputViewWritesAsTheStreamDoes() throws Exception {
        withPair((stream, peer) -> {
            OutputStream output = stream.output();
            output.write('a');
            output.write(new byte[] {'x', 'b', 'c', 'x'}, 1, 2);
            output.write(new byte[] {'d'});
            output.write(new byte[0]);
            output.flush();
            assertEquals("abcd", receive(peer, 4));
            output.close();
            assertFalse(stream.isOpen());
            assertThrows(ClosedChannelException.class, () -> output.write('e'));
        });
    }
}
