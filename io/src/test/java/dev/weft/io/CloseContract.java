package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Closing: whoever waits is told, whoever comes later is refused, the descriptor goes. */
abstract class CloseContract extends SocketContract {
    CloseContract(StreamFamily family) {
        super(family);
    }

    /** Who closes. */
    enum Closer {
        GREENLET {
            @Override
            void close(AutoCloseable socket) {
                Weft.spawn(socket::close).join();
            }
        },
        THREAD {
            @Override
            void close(AutoCloseable socket) {
                Weft.await(CompletableFuture.runAsync(() -> {
                    try {
                        socket.close();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                }));
            }
        };

        abstract void close(AutoCloseable socket);
    }

    static Stream<Arguments> formsAndClosers() {
        return Stream.of(Form.values())
                .flatMap(form -> Stream.of(Closer.values()).map(closer -> Arguments.of(form, closer)));
    }

    @ParameterizedTest
    @MethodSource("formsAndClosers")
    void closeTellsTheReader(Form form, Closer closer) throws Exception {
        withPair((stream, peer) -> {
            Greenlet<Integer> reader = Weft.spawn(() -> form.read(stream, ByteBuffer.allocate(1)));
            untilWaiting(reader);
            closer.close(stream);
            assertThrows(AsynchronousCloseException.class, reader::join);
            assertEquals(-1, peer.read(ByteBuffer.allocate(1)));
        });
    }

    @ParameterizedTest
    @EnumSource
    void closeTellsTheScatteringReaderAndTheGatheringWriter(Closer closer) throws Exception {
        withPair((stream, peer) -> {
            fill(stream);
            Greenlet<Long> reader = Weft.spawn(() -> stream.read(new ByteBuffer[] {ByteBuffer.allocate(1)}));
            Greenlet<Long> writer = Weft.spawn(() -> stream.write(new ByteBuffer[] {tooMuch()}));
            untilWaiting(reader);
            untilWaiting(writer);
            closer.close(stream);
            assertThrows(AsynchronousCloseException.class, reader::join);
            assertThrows(AsynchronousCloseException.class, writer::join);
        });
    }

    @ParameterizedTest
    @MethodSource("formsAndClosers")
    void closeTellsTheWriter(Form form, Closer closer) throws Exception {
        withPair((stream, peer) -> {
            fill(stream);
            Greenlet<Integer> writer = Weft.spawn(() -> form.write(stream, tooMuch()));
            untilWaiting(writer);
            closer.close(stream);
            assertThrows(AsynchronousCloseException.class, writer::join);
        });
    }

    @ParameterizedTest
    @MethodSource("formsAndClosers")
    void whatIsClosedRefusesUseAndCloseAgainDoesNothing(Form form, Closer closer) throws Exception {
        withPair((stream, peer) -> {
            closer.close(stream);
            assertFalse(stream.isOpen());
            closer.close(stream);
            stream.close();
            assertThrows(ClosedChannelException.class, () -> form.read(stream, ByteBuffer.allocate(1)));
            assertThrows(ClosedChannelException.class, () -> form.read(stream, ByteBuffer.allocate(0)));
            assertThrows(ClosedChannelException.class, () -> form.write(stream, bytes("x")));
            assertThrows(ClosedChannelException.class, () -> stream.input().read());
            assertThrows(ClosedChannelException.class, () -> stream.output().write(1));
        });
    }

    @Test
    void closeSendsWhatWasWrittenBefore() throws Exception {
        withPair((stream, peer) -> {
            stream.write(bytes("last words"));
            stream.close();
            assertEquals("last words", receive(peer, 100));
        });
    }

    @Test
    void theDescriptorGoesThoughTheLoopIsBusyElsewhere() throws Exception {
        withPair((bystander, itsPeer) -> {
            int before = NoDescriptorLeaks.open().getOrDefault("socket", 0);
            List<Pair> pairs = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                Pair pair = pair();
                pairs.add(pair);
                assertThrows(
                        dev.weft.DeadlineExceeded.class,
                        () -> pair.stream().read(ByteBuffer.allocate(1), java.time.Duration.ZERO));
            }
            for (Pair pair : pairs) {
                pair.close();
            }
            untilPolled();
            assertEquals(before, NoDescriptorLeaks.open().getOrDefault("socket", 0));
        });
    }

    @ParameterizedTest
    @EnumSource
    void anOldWaiterNeverSeesTheSocketThatGotItsDescriptor(Form form) throws Exception {
        withPair((bystander, itsPeer) -> {
            for (int round = 0; round < 50; round++) {
                Pair old = pair();
                ByteBuffer seen = ByteBuffer.allocate(10);
                Greenlet<Integer> oldReader = Weft.spawn(() -> form.read(old.stream(), seen));
                untilWaiting(oldReader);
                old.close();
                try (Pair fresh = pair()) {
                    send(fresh.peer(), "for you");
                    Greenlet<String> freshReader = Weft.spawn(() -> receive(fresh.stream(), 7));
                    assertThrows(AsynchronousCloseException.class, oldReader::join);
                    assertEquals("for you", freshReader.join());
                }
                assertEquals(0, seen.position());
            }
        });
    }

    /** What the group's end leaves open can still be closed, by any thread. */
    @Test
    void closeAfterTheLoopsEndFreesTheDescriptor() throws Exception {
        int before = NoDescriptorLeaks.open().getOrDefault("socket", 0);
        Pair pair = Weft.run(this::pair);
        pair.close();
        assertFalse(pair.stream().isOpen());
        assertEquals(before, NoDescriptorLeaks.open().getOrDefault("socket", 0));
    }

    @Test
    void theLoopsEndClosesWhatItWaitedFor() throws Exception {
        List<ByteStream> left = new ArrayList<>();
        List<Throwable> told = new ArrayList<>();
        try (LoopGroup group = LoopGroup.open()) {
            group.spawn(() -> {
                        Pair pair = pair();
                        left.add(pair.stream());
                        Greenlet<?> reader = Weft.spawn(() -> {
                            try {
                                pair.stream().read(ByteBuffer.allocate(1));
                            } catch (RuntimeException | IOException e) {
                                told.add(e);
                                throw e;
                            }
                        });
                        untilWaiting(reader);
                        pair.peer().close();
                        // Not closed: the reader sees the end of the stream, or the group's.
                    })
                    .join();
        }
        assertEquals(1, left.size());
        left.get(0).close();
        assertTrue(told.isEmpty() || told.get(0) instanceof dev.weft.Cancelled, told::toString);
    }
}
