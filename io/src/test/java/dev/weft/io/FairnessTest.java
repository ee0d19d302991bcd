package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A connection that never makes its greenlet wait does not keep the loop. */
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
final class FairnessTest {
    private static final int BUDGET = 128;
    private static final int TURNS = 300;

    private int operations;

    @FunctionalInterface
    private interface Pump {
        void run(SocketChannel peer) throws IOException;
    }

    @FunctionalInterface
    private interface Operation {
        void run(TcpStream stream) throws IOException;
    }

    /** Repeats {@code operation} on a stream whose peer pumps, and counts how many run between two turns of another. */
    private void pump(Pump pump, Operation operation) throws Exception {
        SocketContract.onLoop(() -> {
            CompletableFuture<Void> pumping;
            try (TcpListener listener = TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                    SocketChannel peer = SocketChannel.open(listener.localAddress());
                    TcpStream stream = listener.accept()) {
                pumping = CompletableFuture.runAsync(() -> pumpUntilClosed(pump, peer));
                Greenlet<?> busy = Weft.spawn(() -> {
                    while (true) {
                        operation.run(stream);
                        operations++;
                    }
                });
                int most = 0;
                int unbroken = 0;
                for (int turn = 0; turn < TURNS || unbroken < 10; turn++) {
                    int before = operations;
                    Weft.yieldNow();
                    int run = operations - before;
                    most = Math.max(most, run);
                    unbroken += run >= BUDGET - 1 ? 1 : 0;
                    assertFalse(busy.state().isDone(), busy::toString);
                }
                assertTrue(most <= BUDGET, most + " operations in a row");
                busy.kill();
                SocketContract.untilDone(busy);
            }
            Weft.await(pumping);
        });
    }

    private static void pumpUntilClosed(Pump pump, SocketChannel peer) {
        try {
            while (true) {
                pump.run(peer);
            }
        } catch (IOException e) {
            // It was closed.
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionThatIsAlwaysReadableStarvesNobody(Form form) throws Exception {
        ByteBuffer source = ByteBuffer.allocateDirect(64 * 1024);
        ByteBuffer target = ByteBuffer.allocateDirect(16);
        pump(peer -> peer.write(source.clear()), stream -> form.read(stream, target.clear()));
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionThatIsAlwaysWritableStarvesNobody(Form form) throws Exception {
        ByteBuffer sink = ByteBuffer.allocateDirect(1 << 20);
        ByteBuffer source = ByteBuffer.allocateDirect(1);
        pump(peer -> peer.read(sink.clear()), stream -> form.write(stream, source.clear()));
    }
}
