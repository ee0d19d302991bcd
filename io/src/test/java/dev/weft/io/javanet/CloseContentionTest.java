package dev.weft.io.javanet;

import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.io.NoDescriptorLeaks;
import dev.weft.io.selector.SelectorPoller;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A greenlet closes its socket while another thread is inside a monitor of the selector, as a thread that closes a socket of the
 * same loop is for a moment. Then the loop's thread comes to that monitor, too.
 */
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
@Timeout(60)
final class CloseContentionTest {
    private final CompletableFuture<Selector> selector = new CompletableFuture<>();

    private Selector open() throws IOException {
        Selector opened = Selector.open();
        selector.complete(opened);
        return opened;
    }

    /** The monitor that both a close and every select enter. */
    private Object cancelledKeys() throws Exception {
        Field field = Class.forName("sun.nio.ch.SelectorImpl").getDeclaredField("cancelledKeys");
        field.setAccessible(true);
        return field.get(selector.join());
    }

    private static Thread loopThread() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("contended-0"))
                .findAny()
                .orElseThrow();
    }

    /** Makes {@code socket} known to the selector. */
    private static void waitOnce(Socket socket) throws IOException {
        socket.setSoTimeout(1);
        try {
            socket.getInputStream().read();
        } catch (SocketTimeoutException e) {
            socket.setSoTimeout(0);
        }
    }

    private static void close(Socket socket) throws IOException {
        socket.close();
    }

    @Test
    void theLoopGoesOnAfterItsGreenletAndItsThreadHaveMetAtAMonitor() throws Exception {
        try (ServerSocket listener =
                        WeftSockets.serverSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket =
                        WeftSockets.socketFactory().createSocket(listener.getInetAddress(), listener.getLocalPort());
                LoopGroup group = LoopGroup.builder()
                        .name("contended")
                        .poller(() -> new SelectorPoller(this::open))
                        .open()) {
            CountDownLatch running = new CountDownLatch(1);
            CountDownLatch inside = new CountDownLatch(1);
            Greenlet<?> closer = group.spawn(() -> {
                waitOnce(socket);
                running.countDown();
                while (inside.getCount() > 0) { // holds the loop, so that it comes to the monitor first
                    Thread.onSpinWait();
                }
                close(socket);
            });
            running.await();
            Object monitor = cancelledKeys();
            synchronized (monitor) {
                inside.countDown();
                while (loopThread().getState() != Thread.State.BLOCKED) {
                    Thread.onSpinWait();
                }
            }
            assertTimeoutPreemptively(Duration.ofSeconds(20), () -> closer.join());
        }
    }
}
