package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.ImplicitYield;
import dev.weft.ImplicitYields;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.io.javanet.WeftSockets;
import dev.weft.spi.LoopListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** {@code java.net} on a loop that wants every yield marked: its callers do not see that it waits, so it is implicit. */
class SocketYieldsTest {
    private static final int MORE_THAN_THE_BUDGET = 1_000;

    private final Queue<List<StackTraceElement>> reported = new ConcurrentLinkedQueue<>();

    /** What uses two sockets that are connected. */
    @FunctionalInterface
    private interface Use {
        void of(Socket one, Socket other) throws Exception;
    }

    private void onLoop(ImplicitYields terms, Use use) throws Exception {
        LoopListener listener = new LoopListener() {
            @Override
            public void onImplicitYield(Loop loop, Greenlet<?> greenlet, StackTraceElement[] where) {
                reported.add(List.of(where));
            }
        };
        try (ServerSocket server =
                        WeftSockets.serverSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Socket one = WeftSockets.socketFactory().createSocket(server.getInetAddress(), server.getLocalPort());
                Socket other = server.accept();
                LoopGroup group = LoopGroup.builder()
                        .implicitYields(terms)
                        .listener(listener)
                        .open()) {
            group.spawn(() -> use.of(one, other)).join();
        }
    }

    private static void readAll(Socket one, Socket other) throws IOException {
        one.getOutputStream().write(new byte[MORE_THAN_THE_BUDGET]);
        while (other.getInputStream().available() < MORE_THAN_THE_BUDGET) {
            Thread.onSpinWait();
        }
        for (int i = 0; i < MORE_THAN_THE_BUDGET; i++) {
            assertEquals(0, other.getInputStream().read());
        }
    }

    @Test
    void aReadThatWouldWaitIsRefusedAndTheSocketGoesOn() throws Exception {
        onLoop(ImplicitYields.REFUSED, (one, other) -> {
            ImplicitYield refusal = assertThrows(
                    ImplicitYield.class, () -> other.getInputStream().read());
            assertTrue(refusal.toString().contains("SocketYieldsTest"), refusal::toString);
            one.getOutputStream().write('x');
            assertEquals('x', Weft.offload(() -> other.getInputStream().read()));
        });
        assertEquals(1, reported.size());
    }

    @Test
    void aReadThatWaitsIsReportedOnceForItsPlace() throws Exception {
        onLoop(ImplicitYields.REPORTED, (one, other) -> {
            for (char sign : "xyz".toCharArray()) {
                Greenlet<Integer> reader =
                        Weft.spawn(() -> other.getInputStream().read());
                Weft.yieldNow();
                one.getOutputStream().write(sign);
                assertEquals(sign, reader.join());
            }
        });
        assertEquals(1, reported.size());
        assertTrue(Arrays.toString(reported.remove().toArray()).contains("SocketYieldsTest"));
    }

    @Test
    void whatIsThereIsReadWithoutAYield() throws Exception {
        onLoop(ImplicitYields.REFUSED, (one, other) -> {
            Greenlet<String> next = Weft.spawn(() -> "others have run");
            readAll(one, other);
            assertEquals(Greenlet.State.READY, next.state());
            assertEquals("others have run", next.join());
        });
        assertEquals(List.of(), List.copyOf(reported));
    }

    @Test
    void elsewhereItYieldsWhenItsBudgetIsUsedUp() throws Exception {
        onLoop(ImplicitYields.ALLOWED, (one, other) -> {
            Greenlet<String> next = Weft.spawn(() -> "others have run");
            readAll(one, other);
            assertEquals(Greenlet.State.RETURNED, next.state());
        });
    }
}
