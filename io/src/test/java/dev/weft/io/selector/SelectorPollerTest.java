package dev.weft.io.selector;

import static dev.weft.io.SocketContract.bytes;
import static dev.weft.io.SocketContract.receive;
import static dev.weft.io.SocketContract.send;
import static dev.weft.io.SocketContract.untilWaiting;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.io.Form;
import dev.weft.io.NoDescriptorLeaks;
import dev.weft.io.SocketContract;
import dev.weft.io.TcpListener;
import dev.weft.io.TcpStream;
import dev.weft.io.UdpSocket;
import dev.weft.testing.NoGreenletLeaks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The poller with selectors that are watched, and that lie. */
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
final class SelectorPollerTest {
    private static final int REBUILD_AFTER = 512;

    private final List<ScriptedSelector> selectors = new ArrayList<>();
    private boolean opensRefusing; // all but the first

    @FunctionalInterface
    private interface Body {
        void run(TcpStream stream, SocketChannel peer) throws Exception;
    }

    /** Runs {@code body} on a loop whose selectors are scripted. */
    private void onScriptedLoop(Body body) throws Exception {
        try (LoopGroup group = LoopGroup.builder()
                .poller(() -> new SelectorPoller(this::open))
                .uncaughtHandler((greenlet, failure) -> {})
                .open()) {
            group.spawn(() -> withPair(body)).join();
        }
    }

    private static void withPair(Body body) throws Exception {
        try (TcpListener listener = TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                SocketChannel peer = SocketChannel.open(listener.localAddress());
                TcpStream stream = listener.accept()) {
            body.run(stream, peer);
        }
    }

    private ScriptedSelector open() throws IOException {
        ScriptedSelector selector = new ScriptedSelector();
        if (opensRefusing && !selectors.isEmpty()) {
            selector.refuse();
        }
        selectors.add(selector);
        return selector;
    }

    private static long rebuilds() {
        return SelectorPoller.of(Loop.current()).rebuilds();
    }

    /** Lets the loop go through selects that may wait, until {@code condition} holds. */
    private static void pollUntil(java.util.function.BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Weft.sleep(Duration.ofMillis(1));
        }
    }

    @Test
    void aSelectorThatReturnsNothingForEverIsReplacedAndTheWaitersGetTheirData() throws Exception {
        onScriptedLoop((stream, peer) -> withPair((second, secondPeer) -> {
            Greenlet<String> one = Weft.spawn(() -> receive(stream, 3));
            Greenlet<String> two = Weft.spawn(() -> receive(second, 3));
            Greenlet<Integer> writer = Weft.spawn(() -> second.write(SocketContract.tooMuch()));
            untilWaiting(one);
            untilWaiting(two);
            untilWaiting(writer);
            ScriptedSelector liar = selectors.get(0);
            liar.goBlind();
            long before = liar.selects.get();
            send(peer, "one");
            send(secondPeer, "two");
            assertEquals("one", one.join());
            assertEquals("two", two.join());
            assertEquals(1, rebuilds());
            assertEquals(2, selectors.size());
            assertFalse(liar.isOpen());
            long lies = liar.selects.get() - before;
            assertTrue(lies >= REBUILD_AFTER - 1 && lies <= REBUILD_AFTER + 1, () -> "replaced after " + lies);
            // What was moved hears of changes,
            assertThrows(
                    dev.weft.DeadlineExceeded.class,
                    () -> stream.write(SocketContract.tooMuch(), Duration.ofMillis(20)));
            // and can be closed, which tells its waiters.
            second.close();
            assertThrows(AsynchronousCloseException.class, writer::join);
        }));
    }

    @Test
    void aSelectorThatLiesAgainIsReplacedAgain() throws Exception {
        onScriptedLoop((stream, peer) -> {
            for (int round = 0; round < 3; round++) {
                Greenlet<String> reader = Weft.spawn(() -> receive(stream, 3));
                untilWaiting(reader);
                selectors.get(round).goBlind();
                send(peer, "yes");
                assertEquals("yes", reader.join());
                assertEquals(round + 1, rebuilds());
            }
        });
    }

    @Test
    void aSelectorThatRefusesFailsTheWaitAndNoLaterOne() throws Exception {
        onScriptedLoop((stream, peer) -> {
            selectors.get(0).refuse();
            IOException refused = assertThrows(IOException.class, () -> stream.read(ByteBuffer.allocate(1)));
            assertEquals("too many watched files", refused.getMessage());
            selectors.get(0).allow();
            Greenlet<String> reader = Weft.spawn(() -> receive(stream, 2));
            untilWaiting(reader);
            selectors.get(0).refuse(); // and a change that is not made holds nobody up
            send(peer, "ok");
            assertEquals("ok", reader.join());
            Weft.sleep(Duration.ofMillis(20)); // reports that nobody waits for, after which less is wanted
            selectors.get(0).allow();
            send(peer, "more");
            assertEquals("more", receive(stream, 4));
        });
    }

    @Test
    void aReplacementThatRefusesAChannelEndsItsWaiterAndTheLoopGoesOn() throws Exception {
        opensRefusing = true;
        onScriptedLoop((stream, peer) -> {
            Greenlet<String> reader = Weft.spawn(() -> receive(stream, 3));
            untilWaiting(reader);
            selectors.get(0).goBlind();
            assertThrows(AsynchronousCloseException.class, reader::join);
            assertEquals(1, rebuilds());
            assertFalse(stream.isOpen());
            selectors.get(1).allow();
            withPair((other, otherPeer) -> {
                send(otherPeer, "ok");
                assertEquals("ok", receive(other, 2));
            });
        });
    }

    @Test
    void stormsOfWakeUpsAreNoLies() throws Exception {
        onScriptedLoop((stream, peer) -> {
            Greenlet<String> reader = Weft.spawn(() -> receive(stream, 2));
            untilWaiting(reader);
            Loop loop = Loop.current();
            ScriptedSelector selector = selectors.get(0);
            Weft.await(CompletableFuture.runAsync(() -> {
                while (selector.empty.get() <= 2 * REBUILD_AFTER) {
                    CompletableFuture<Void> heard = new CompletableFuture<>();
                    loop.execute(() -> heard.complete(null));
                    heard.join(); // so that the loop can go to sleep before the next
                }
            }));
            assertEquals(0, rebuilds());
            send(peer, "ok");
            assertEquals("ok", reader.join());
        });
    }

    @Test
    void timersAreNoLies() throws Exception {
        onScriptedLoop((stream, peer) -> {
            Greenlet<String> reader = Weft.spawn(() -> receive(stream, 2));
            long before = selectors.get(0).empty.get();
            pollUntil(() -> selectors.get(0).empty.get() > before + REBUILD_AFTER);
            assertEquals(0, rebuilds());
            send(peer, "ok");
            assertEquals("ok", reader.join());
        });
    }

    @Test
    void interruptsOfTheLoopsThreadNeitherSpinItNorKillIt() throws Exception {
        onScriptedLoop((stream, peer) -> {
            Greenlet<String> reader = Weft.spawn(() -> receive(stream, 2));
            untilWaiting(reader);
            Thread carrier = threadOf(Loop.current());
            Weft.await(CompletableFuture.runAsync(() -> {
                long seen = selectors.get(0).selects.get();
                for (int i = 0; i < 2 * REBUILD_AFTER; i++) {
                    carrier.interrupt();
                    while (selectors.get(0).selects.get() == seen) {
                        Thread.onSpinWait(); // each interrupt ends a select
                    }
                    seen = selectors.get(0).selects.get();
                }
            }));
            long selects = selectors.get(0).selects.get();
            Greenlet<?> self = Greenlet.current();
            CompletableFuture<Void> last = CompletableFuture.runAsync(() -> {
                while (self.state() != Greenlet.State.WAITING) {
                    Thread.onSpinWait();
                }
                carrier.interrupt(); // no greenlet runs after it, which would take the interrupt away
            });
            Weft.sleep(Duration.ofMillis(100)); // a span to measure, nothing is waited for
            last.join();
            long spent = selectors.get(0).selects.get() - selects;
            assertTrue(spent < 20, () -> spent + " selects in a quiet 100 ms");
            assertEquals(0, rebuilds());
            assertTrue(carrier.isAlive());
            send(peer, "ok");
            assertEquals("ok", reader.join());
        });
    }

    private static Thread threadOf(Loop loop) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(loop.name()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void readinessWithoutDataIsNoRead() throws Exception {
        onScriptedLoop((stream, peer) -> {
            for (Form form : Form.values()) {
                Greenlet<Integer> reader = Weft.spawn(() -> form.read(stream, ByteBuffer.allocate(10)));
                Greenlet<Integer> writer = Weft.spawn(() -> form.write(stream, SocketContract.tooMuch()));
                untilWaiting(reader);
                untilWaiting(writer);
                for (int i = 0; i < 10; i++) {
                    selectors.get(0).reportOnce(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                    SocketContract.untilPolled();
                    untilWaiting(reader);
                    untilWaiting(writer);
                }
                send(peer, "real");
                assertEquals(4, reader.join());
                writer.kill();
                assertThrows(dev.weft.Cancelled.class, writer::join);
            }
        });
    }

    @Test
    void readinessWithoutAConnectionIsNoAccept() throws Exception {
        onScriptedLoop((stream, peer) -> {
            try (TcpListener listener = TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
                Greenlet<TcpStream> acceptor = Weft.spawn(() -> listener.accept());
                untilWaiting(acceptor);
                selectors.get(0).reportOnce(SelectionKey.OP_ACCEPT);
                SocketContract.untilPolled();
                untilWaiting(acceptor);
                SocketChannel.open(listener.localAddress()).close();
                acceptor.join().close();
            }
        });
    }

    @Test
    void readinessWithoutADatagramIsNoReceive() throws Exception {
        onScriptedLoop((stream, peer) -> {
            try (UdpSocket socket = UdpSocket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
                Greenlet<?> receiver = Weft.spawn(() -> socket.receive(ByteBuffer.allocate(10)));
                untilWaiting(receiver);
                selectors.get(0).reportOnce(SelectionKey.OP_READ);
                SocketContract.untilPolled();
                untilWaiting(receiver);
                socket.send(bytes("real"), socket.localAddress());
                assertEquals(socket.localAddress(), receiver.join());
            }
        });
    }

    @Test
    void interestIsKeptBetweenReads() throws Exception {
        onScriptedLoop((stream, peer) -> {
            Greenlet<?> echo = Weft.spawn(() -> {
                ByteBuffer buffer = ByteBuffer.allocate(16);
                while (stream.read(buffer) >= 0) {
                    stream.write(buffer.flip());
                    buffer.clear();
                }
            });
            untilWaiting(echo);
            long before = selectors.get(0).changes.get();
            for (int i = 0; i < 200; i++) {
                untilWaiting(echo);
                send(peer, "ping");
                while (echo.state() == Greenlet.State.WAITING) {
                    Weft.yieldNow();
                }
                untilWaiting(echo);
                assertEquals("ping", receive(peer, 4));
            }
            assertEquals(before, selectors.get(0).changes.get());
            peer.shutdownOutput();
            echo.join();
        });
    }

    @Test
    void dataThatNobodyReadsDoesNotSpinTheLoop() throws Exception {
        onScriptedLoop((stream, peer) -> {
            Greenlet<String> first = Weft.spawn(() -> receive(stream, 1));
            untilWaiting(first);
            send(peer, "1");
            first.join();
            send(peer, "unread");
            long before = selectors.get(0).selects.get();
            Weft.sleep(Duration.ofMillis(100)); // a span to measure, nothing is waited for
            long spent = selectors.get(0).selects.get() - before;
            assertTrue(spent < 40, () -> spent + " selects in a quiet 100 ms");
            assertEquals("unread", receive(stream, 6));
            // And it is heard of again.
            Greenlet<String> again = Weft.spawn(() -> receive(stream, 5));
            untilWaiting(again);
            send(peer, "again");
            assertEquals("again", again.join());
        });
    }

    @Test
    void anEndOfStreamThatNobodyReadsDoesNotSpinTheLoop() throws Exception {
        onScriptedLoop((stream, peer) -> {
            Greenlet<String> first = Weft.spawn(() -> receive(stream, 1));
            untilWaiting(first);
            send(peer, "1");
            first.join();
            peer.close();
            long before = selectors.get(0).selects.get();
            Weft.sleep(Duration.ofMillis(100)); // a span to measure, nothing is waited for
            long spent = selectors.get(0).selects.get() - before;
            assertTrue(spent < 40, () -> spent + " selects in a quiet 100 ms");
            assertEquals(-1, stream.read(ByteBuffer.allocate(1)));
        });
    }

    @Test
    void aWriterThatHasLeftDoesNotSpinTheLoop() throws Exception {
        onScriptedLoop((stream, peer) -> {
            assertThrows(
                    dev.weft.DeadlineExceeded.class,
                    () -> stream.write(SocketContract.tooMuch(), Duration.ofMillis(20)));
            peer.configureBlocking(false);
            ByteBuffer sink = ByteBuffer.allocateDirect(1 << 20);
            while (peer.read(sink.clear()) > 0) {} // now it is writable, and nobody wants to write
            long before = selectors.get(0).selects.get();
            Weft.sleep(Duration.ofMillis(100)); // a span to measure, nothing is waited for
            long spent = selectors.get(0).selects.get() - before;
            assertTrue(spent < 10, () -> spent + " selects in a quiet 100 ms");
            stream.write(bytes("x"));
        });
    }

    @Test
    void aBusyLoopLeavesASelectorWithoutChannelsAlone() throws Exception {
        SocketContract.onLoop(() -> {
            withPair((stream, peer) -> {
                assertThrows(dev.weft.DeadlineExceeded.class, () -> stream.read(ByteBuffer.allocate(1), Duration.ZERO));
                assertTrue(Loop.current().poller().hasSources());
            });
            SocketContract.untilPolled();
            assertFalse(Loop.current().poller().hasSources());
        });
    }

    @Test
    void aLoopWithAnotherPollerRefusesSocketsWithTheCure() throws Exception {
        try (LoopGroup group = LoopGroup.builder().poller(NoPoller::new).open()) {
            IllegalStateException refused = assertThrows(
                    IllegalStateException.class,
                    () -> group.spawn(
                                    () -> TcpListener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)))
                            .join());
            assertTrue(String.valueOf(refused.getMessage()).contains("weft-io"), refused::getMessage);
        }
    }

    /** Sleeps, and knows nothing of sockets. */
    private static final class NoPoller implements dev.weft.spi.Poller {
        private final java.util.concurrent.Semaphore wakeUps = new java.util.concurrent.Semaphore(0);

        @Override
        public int poll(long timeoutNanos) {
            try {
                if (wakeUps.tryAcquire(Math.max(0, timeoutNanos), java.util.concurrent.TimeUnit.NANOSECONDS)) {
                    wakeUps.drainPermits();
                }
            } catch (InterruptedException e) {
                // It stands for nothing.
            }
            return 0;
        }

        @Override
        public void wakeup() {
            wakeUps.release();
        }

        @Override
        public boolean hasSources() {
            return false;
        }

        @Override
        public void close() {}
    }
}
