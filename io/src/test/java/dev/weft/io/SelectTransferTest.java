package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.sync.Channel;
import dev.weft.sync.Select;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Transfers of sockets as clauses of a select: one that loses has read nothing. */
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
@Timeout(60)
class SelectTransferTest {
    private static final int SHORT = 2_000;
    private static final int LONG = 200_000;

    @FunctionalInterface
    private interface Body {
        void run(TcpStream stream, SocketChannel peer) throws Exception;
    }

    private static void withPair(Loop loop, Body body) {
        loop.spawn(() -> {
                    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
                    try (TcpListener listener = TcpListener.bind(any);
                            SocketChannel peer = SocketChannel.open(listener.localAddress());
                            TcpStream stream = listener.accept()) {
                        body.run(stream, peer);
                    }
                })
                .join();
    }

    @Test
    void aReadThatIsReadyIsChosenAndGivesItsCheckedExceptionsAway() {
        try (LoopGroup group = LoopGroup.open()) {
            withPair(group.next(), (stream, peer) -> {
                Channel<Integer> silent = Channel.rendezvous();
                ByteBuffer buffer = ByteBuffer.allocate(8);
                peer.write(ByteBuffer.wrap(new byte[3]));
                assertEquals(3, readOr(stream, buffer, silent));
            });
        }
    }

    /** That this compiles is part of the test: the clause of a socket makes the select throw {@link IOException}. */
    private static int readOr(TcpStream stream, ByteBuffer buffer, Channel<Integer> other) throws IOException {
        return Weft.select(
                Select.on(stream.reading(buffer), count -> count), Select.on(other.receiving(), number -> -number));
    }

    @Test
    void aReadThatLosesHasReadNothing() {
        try (LoopGroup group = LoopGroup.open()) {
            withPair(group.next(), (stream, peer) -> {
                Channel<Integer> channel = Channel.rendezvous();
                ByteBuffer buffer = ByteBuffer.allocate(8);
                Greenlet<Integer> selecting = Weft.spawn(() -> readOr(stream, buffer, channel));
                Weft.yieldNow();
                channel.send(7);
                peer.write(ByteBuffer.wrap(new byte[3]));
                assertEquals(-7, selecting.join());
                assertEquals(0, buffer.position());
                assertEquals(3, stream.read(buffer));
            });
        }
    }

    @Test
    void aSelectWithATimeoutLeavesTheSocketUsable() {
        try (LoopGroup group = LoopGroup.open()) {
            withPair(group.next(), (stream, peer) -> {
                ByteBuffer buffer = ByteBuffer.allocate(8);
                int late = Weft.select(
                        Select.on(stream.reading(buffer), count -> count),
                        Select.after(Duration.ofMillis(5), () -> -1));
                assertEquals(-1, late);
                peer.write(ByteBuffer.wrap(new byte[2]));
                assertEquals(2, stream.read(buffer));
            });
        }
    }

    @Test
    void noByteAndNoValueIsLostBetweenASocketAndAChannelOfAnotherLoop() {
        raceForClaims(SHORT);
    }

    @Test
    @Tag("long")
    @Timeout(1800)
    void noByteAndNoValueIsLostBetweenASocketAndAChannelOfAnotherLoopInALongRun() {
        raceForClaims(LONG);
    }

    private static void raceForClaims(int rounds) {
        try (LoopGroup group = LoopGroup.open(2)) {
            Loop home = group.loops().get(0);
            Loop away = group.loops().get(1);
            Channel<Integer> channel = Channel.on(home).rendezvous();
            home.spawn(() -> {
                for (int i = 0; i < rounds; i++) {
                    channel.send(i);
                }
            });
            withPair(away, (stream, peer) -> {
                Thread writer = new Thread(() -> writeSingleBytes(peer, rounds));
                writer.start();
                ByteBuffer one = ByteBuffer.allocate(1);
                int bytes = 0;
                int values = 0;
                while (bytes < rounds && values < rounds) {
                    int chosen = Weft.select(
                            Select.on(stream.reading(one.clear()), count -> -count),
                            Select.on(channel.receiving(), value -> value));
                    if (chosen == -1) {
                        assertEquals((byte) bytes++, one.get(0));
                    } else {
                        assertEquals(values++, chosen);
                    }
                }
                while (bytes < rounds) {
                    assertEquals(1, stream.read(one.clear()));
                    assertEquals((byte) bytes++, one.get(0));
                }
                while (values < rounds) {
                    assertEquals(values++, (int) channel.receive());
                }
                writer.join();
            });
        }
    }

    private static void writeSingleBytes(SocketChannel peer, int count) {
        try {
            for (int i = 0; i < count; i++) {
                peer.write(ByteBuffer.wrap(new byte[] {(byte) i}));
                if (i % 16 == 0) {
                    Thread.yield(); // so that the reader has to wait now and then
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
