package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Weft;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the world does to a socket is an exception in the one greenlet concerned; the others do not notice. */
abstract class FaultContract extends SocketContract {
    FaultContract(StreamFamily family) {
        super(family);
    }

    /** As {@link #withPair}, beside a connection that must not notice anything. */
    private void besideAnother(PairBody body) throws Exception {
        withPair((bystander, itsPeer) -> {
            Greenlet<String> undisturbed = Weft.spawn(() -> receive(bystander, 5));
            untilWaiting(undisturbed);
            try (Pair pair = pair()) {
                body.run(pair.stream(), pair.peer());
            }
            assertEquals(Greenlet.State.WAITING, undisturbed.state());
            send(itsPeer, "alive");
            assertEquals("alive", undisturbed.join());
        });
    }

    @ParameterizedTest
    @EnumSource
    void aResetReachesTheReaderAndStays(Form form) throws Exception {
        besideAnother((stream, peer) -> {
            stream.write(bytes("unread"));
            Greenlet<Integer> reader = Weft.spawn(() -> form.read(stream, ByteBuffer.allocate(1)));
            untilWaiting(reader);
            peer.reset();
            IOException reset = assertThrows(IOException.class, reader::join);
            assertFalse(reset instanceof ClosedChannelException, reset::toString);
            assertThrows(IOException.class, () -> form.read(stream, ByteBuffer.allocate(1)));
            assertThrows(IOException.class, () -> form.read(stream, ByteBuffer.allocate(1)));
        });
    }

    @ParameterizedTest
    @EnumSource
    void aResetReachesTheWriter(Form form) throws Exception {
        besideAnother((stream, peer) -> {
            fill(stream);
            Greenlet<Integer> writer = Weft.spawn(() -> form.write(stream, tooMuch()));
            untilWaiting(writer);
            peer.reset();
            IOException reset = assertThrows(IOException.class, writer::join);
            assertFalse(reset instanceof ClosedChannelException, reset::toString);
            assertThrows(IOException.class, () -> form.write(stream, bytes("x")));
        });
    }

    @ParameterizedTest
    @EnumSource
    void aResetReachesReaderAndWriterBoth(Form form) throws Exception {
        besideAnother((stream, peer) -> {
            fill(stream);
            Greenlet<Integer> writer = Weft.spawn(() -> form.write(stream, tooMuch()));
            Greenlet<Integer> reader = Weft.spawn(() -> form.read(stream, ByteBuffer.allocate(1)));
            untilWaiting(writer);
            untilWaiting(reader);
            peer.reset();
            assertThrows(IOException.class, writer::join);
            // One of the two hears of the reset, the other of what it left behind.
            untilDone(reader);
            assertThrows(IOException.class, () -> {
                if (reader.join() < 0) {
                    throw new IOException("end of stream");
                }
            });
        });
    }

    @ParameterizedTest
    @EnumSource
    void writingToAPeerThatHasGoneIsABrokenPipe(Form form) throws Exception {
        besideAnother((stream, peer) -> {
            peer.close();
            assertEquals(-1, form.read(stream, ByteBuffer.allocate(1)));
            assertThrows(IOException.class, () -> {
                while (true) {
                    form.write(stream, bytes("to nobody")); // the first one may still be taken by the system
                    Weft.yieldNow();
                }
            });
        });
    }

    @ParameterizedTest
    @EnumSource
    void aPeerThatNeverReadsHoldsUpItsWriterAlone(Form form) throws Exception {
        besideAnother((stream, peer) -> {
            Greenlet<Integer> writer = Weft.spawn(() -> form.write(stream, ByteBuffer.allocate(16 << 20)));
            untilWaiting(writer);
            try (Pair pair = pair()) {
                send(pair.peer(), "through");
                assertEquals("through", receive(pair.stream(), 7));
            }
            assertEquals(Greenlet.State.WAITING, writer.state());
            writer.kill();
            assertThrows(Cancelled.class, writer::join);
        });
    }

    @Test
    void whatThePeerSentBeforeItWentIsRead() throws Exception {
        besideAnother((stream, peer) -> {
            send(peer, "farewell");
            peer.close();
            assertEquals("farewell", receive(stream, 100));
        });
    }
}
