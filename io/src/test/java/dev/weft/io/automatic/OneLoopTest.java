package dev.weft.io.automatic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The fixture sees what it is there to see. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
class OneLoopTest {
    @Test
    void blockingSocketsOfTheJdkYield() throws Exception {
        try (OneLoop one = OneLoop.open();
                ServerSocket server = new ServerSocket(0, 100, InetAddress.getLoopbackAddress())) {
            List<Greenlet<Integer>> clients = one.spawnAll(50, number -> {
                try (Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
                    socket.getOutputStream().write(number);
                    return socket.getInputStream().read();
                }
            });
            one.untilWaiting(50);
            for (int i = 0; i < 50; i++) {
                try (Socket socket = server.accept()) {
                    socket.getOutputStream().write(socket.getInputStream().read());
                }
            }
            assertEquals(IntStream.range(0, 50).boxed().toList(), one.joinAll(clients));
        }
    }

    @Test
    void aCallThatBlocksTheLoopIsNamedWithItsStack() throws IOException {
        OneLoop one = OneLoop.open();
        one.call(() -> spin(OneLoop.LONGEST_SLICE.plusMillis(200)));
        AssertionError told = assertThrows(AssertionError.class, one::close);
        assertTrue(told.toString().contains("OneLoopTest.spin"), told::toString);
    }

    private static boolean spin(Duration time) {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < time.toNanos()) {
            Thread.onSpinWait();
        }
        return true;
    }

    @Test
    void aFailureThatNobodyHeardOfIsTold() throws IOException {
        OneLoop one = OneLoop.open();
        one.spawn(() -> {
            throw new IOException("unheard");
        });
        one.call(() -> {
            Weft.yieldNow();
            return "after it";
        });
        AssertionError told = assertThrows(AssertionError.class, one::close);
        assertTrue(told.toString().contains("unheard"), told::toString);
    }

    @Test
    void aThreadOfALibraryIsToleratedWhenNamed() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        Thread kept;
        try (OneLoop one = OneLoop.open("kept by")) {
            kept = one.call(() -> Thread.ofPlatform().name("kept by a library").start(() -> awaitDeaf(end)));
        }
        end.countDown();
        kept.join();
    }

    private static void awaitDeaf(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            LockSupport.parkNanos(1_000_000);
        }
    }
}
