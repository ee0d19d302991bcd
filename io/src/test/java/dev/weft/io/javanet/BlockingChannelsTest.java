package dev.weft.io.javanet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.weft.CheckedAction;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.io.NoDescriptorLeaks;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The JDK's channels in blocking mode, and its datagram sockets, need nothing of Weft's: in a greenlet they yield by way of
 * the JDK. That its pollers do not end up on a loop is {@code HazardsTest}'s.
 */
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
@Timeout(value = 30, unit = TimeUnit.SECONDS)
final class BlockingChannelsTest {
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    /** Something of the JDK on which a greenlet waits. */
    interface Blocking extends AutoCloseable {
        /** Waits for {@link #wake}. */
        void block() throws IOException;

        void wake() throws IOException;

        @Override
        void close() throws IOException;
    }

    enum Kind {
        STREAM_READ {
            @Override
            Blocking open() throws IOException {
                return new Stream() {
                    @Override
                    public void block() throws IOException {
                        assertEquals(1, one.read(ByteBuffer.allocate(8)));
                    }

                    @Override
                    public void wake() throws IOException {
                        other.write(ByteBuffer.allocate(1));
                    }
                };
            }
        },

        STREAM_WRITE {
            @Override
            Blocking open() throws IOException {
                return new Stream() {
                    @Override
                    public void block() throws IOException {
                        ByteBuffer much = ByteBuffer.allocate(JavaNetHarness.TOO_MUCH);
                        while (much.hasRemaining()) {
                            one.write(much);
                        }
                    }

                    @Override
                    public void wake() throws IOException {
                        ByteBuffer target = ByteBuffer.allocate(JavaNetHarness.TOO_MUCH);
                        while (target.hasRemaining()) {
                            other.read(target);
                        }
                    }
                };
            }
        },

        ACCEPT {
            @Override
            Blocking open() throws IOException {
                ServerSocketChannel server = ServerSocketChannel.open().bind(ANY_PORT);
                SocketAddress address = server.getLocalAddress();
                return new Blocking() {
                    @Override
                    public void block() throws IOException {
                        server.accept().close();
                    }

                    @Override
                    public void wake() throws IOException {
                        SocketChannel.open(address).close();
                    }

                    @Override
                    public void close() throws IOException {
                        server.close();
                    }
                };
            }
        },

        CONNECT {
            @Override
            Blocking open() throws IOException {
                JavaNetHarness.FullServer server = JavaNetHarness.FullServer.open();
                SocketChannel client = SocketChannel.open();
                return new Blocking() {
                    @Override
                    public void block() throws IOException {
                        client.connect(server.address());
                    }

                    @Override
                    public void wake() throws IOException {
                        for (int i = 0; i <= server.queue().size(); i++) {
                            server.server().accept().close();
                        }
                    }

                    @Override
                    public void close() throws IOException {
                        client.close();
                        server.close();
                    }
                };
            }
        },

        DATAGRAM_CHANNEL {
            @Override
            Blocking open() throws IOException {
                DatagramChannel channel = DatagramChannel.open().bind(ANY_PORT);
                return new Blocking() {
                    @Override
                    public void block() throws IOException {
                        channel.receive(ByteBuffer.allocate(8));
                    }

                    @Override
                    public void wake() throws IOException {
                        channel.send(ByteBuffer.allocate(1), channel.getLocalAddress());
                    }

                    @Override
                    public void close() throws IOException {
                        channel.close();
                    }
                };
            }
        },

        DATAGRAM_SOCKET {
            @Override
            Blocking open() throws IOException {
                DatagramSocket socket = new DatagramSocket(ANY_PORT);
                return new Blocking() {
                    @Override
                    public void block() throws IOException {
                        socket.receive(new DatagramPacket(new byte[8], 8));
                    }

                    @Override
                    public void wake() throws IOException {
                        socket.send(new DatagramPacket(new byte[1], 1, socket.getLocalSocketAddress()));
                    }

                    @Override
                    public void close() {
                        socket.close();
                    }
                };
            }
        },

        PIPE {
            @Override
            Blocking open() throws IOException {
                Pipe pipe = Pipe.open();
                return new Blocking() {
                    @Override
                    public void block() throws IOException {
                        pipe.source().read(ByteBuffer.allocate(8));
                    }

                    @Override
                    public void wake() throws IOException {
                        pipe.sink().write(ByteBuffer.allocate(1));
                    }

                    @Override
                    public void close() throws IOException {
                        pipe.source().close();
                        pipe.sink().close();
                    }
                };
            }
        };

        abstract Blocking open() throws IOException;
    }

    /** Two connected channels. */
    private abstract static class Stream implements Blocking {
        final SocketChannel one;
        final SocketChannel other;

        Stream() throws IOException {
            try (ServerSocketChannel server = ServerSocketChannel.open().bind(ANY_PORT)) {
                one = SocketChannel.open(server.getLocalAddress());
                other = server.accept();
            }
        }

        @Override
        public void close() throws IOException {
            one.close();
            other.close();
        }
    }

    private static void onLoop(CheckedAction<Exception> body) throws Exception {
        try (LoopGroup group =
                LoopGroup.builder().uncaughtHandler((greenlet, failure) -> {}).open()) {
            group.spawn(body).join();
        }
    }

    private static Greenlet<String> waiting(Blocking blocking) {
        Greenlet<String> greenlet = Weft.spawn(() -> {
            blocking.block();
            return "went on";
        });
        while (greenlet.state() != Greenlet.State.WAITING) {
            assertFalse(greenlet.state().isDone(), greenlet::toString);
            Weft.yieldNow();
        }
        return greenlet;
    }

    @ParameterizedTest
    @EnumSource
    void othersRunMeanwhile(Kind kind) throws Exception {
        onLoop(() -> {
            try (Blocking blocking = kind.open()) {
                Greenlet<String> waiter = waiting(blocking);
                assertEquals("ran", Weft.spawn(() -> "ran").join());
                blocking.wake();
                assertEquals("went on", waiter.join());
            }
        });
    }

    /** The kill is an interrupt there, which closes the channel, as the JDK has it. */
    @ParameterizedTest
    @EnumSource
    void aKillEndsTheWait(Kind kind) throws Exception {
        onLoop(() -> {
            try (Blocking blocking = kind.open()) {
                Greenlet<String> waiter = waiting(blocking);
                waiter.kill();
                assertThrows(Exception.class, waiter::join);
                assertEquals(0, Loop.current().statistics().timers());
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptEndsTheWait(Kind kind) throws Exception {
        onLoop(() -> {
            try (Blocking blocking = kind.open()) {
                Greenlet<String> waiter = waiting(blocking);
                waiter.thread().interrupt();
                assertThrows(IOException.class, waiter::join);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    @SuppressWarnings("try") // closes earlier, on purpose
    void aCloseEndsTheWait(Kind kind) throws Exception {
        onLoop(() -> {
            try (Blocking blocking = kind.open()) {
                Greenlet<String> waiter = waiting(blocking);
                blocking.close();
                assertThrows(IOException.class, waiter::join);
            }
        });
    }
}
