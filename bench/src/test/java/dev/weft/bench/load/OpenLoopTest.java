package dev.weft.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OpenLoopTest {
    private static final int SIZE = 64;
    private static final double RATE = 1000;
    private static final long STALL = TimeUnit.MILLISECONDS.toNanos(100);

    /** An open loop over new connections, whose window is open. */
    private static final class Paced implements AutoCloseable {
        private final Sockets sockets = new Sockets();
        private final EventLoop loop = new EventLoop(sockets);
        private final Connections connections;
        private final OpenLoop pace;

        Paced(TestServer server, Shape shape) throws IOException {
            connections = new Connections(sockets, new EchoProtocol(SIZE, shape.connections()), shape);
            loop.add(connections);
            connections.connect(server.address(), loop, count -> {});
            pace = new OpenLoop(connections, shape, RATE);
            loop.add(pace);
            pace.openWindow();
        }

        @Override
        public void close() throws IOException {
            sockets.close();
        }
    }

    private static TestServer.Service stalledBy(CountDownLatch gate) {
        return channel -> {
            TestServer.write(channel, TestServer.read(channel, SIZE)); // the first exchange
            gateOf(gate);
            TestServer.echo(channel);
        };
    }

    private static void gateOf(CountDownLatch gate) throws IOException {
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Test
    void aStallCountsForEveryRequestThatWasDueMeanwhile() throws IOException {
        CountDownLatch gate = new CountDownLatch(1);
        try (TestServer server = new TestServer(stalledBy(gate));
                Paced on = new Paced(server, new Shape(1, 1, 1, SIZE))) {
            on.pace.start();
            on.loop.runFor(STALL);
            gate.countDown();
            on.pace.stop();
            on.loop.runUntil(on.pace::isQuiet);
            on.pace.closeWindow();
            long late = on.pace.latencies().getCountBetweenValues(STALL / 2, Pace.LONGEST_NANOS);
            assertTrue(late >= 50, "requests that count half of the stall or more: " + late);
            assertTrue(on.connections.completed() >= 100, "all are sent in the end: " + on.connections.completed());
            assertEquals(on.connections.completed() - 1, on.pace.latencies().getTotalCount());
            assertEquals(1, on.pace.sendLags().getTotalCount(), "the others were not the load generator's to send");
        }
    }

    @Test
    void requestsWithoutAnAnswerAtTheEndCountWithTheirAge() throws IOException {
        try (TestServer server = new TestServer(stalledBy(new CountDownLatch(1)));
                Paced on = new Paced(server, new Shape(2, 2, 1, SIZE))) {
            on.pace.start();
            on.loop.runFor(STALL);
            on.pace.stop();
            on.pace.closeWindow();
            assertTrue(
                    on.pace.latencies().getTotalCount() >= 100,
                    "recorded: " + on.pace.latencies().getTotalCount());
            assertTrue(
                    on.pace.latencies().getMaxValue() >= STALL,
                    "oldest: " + on.pace.latencies().getMaxValue());
            assertEquals(2, on.connections.underWay());
        }
    }

    @Test
    void requestsGoAtTheRateAndInTurn() throws IOException {
        try (TestServer server = new TestServer(TestServer::echo);
                Paced on = new Paced(server, new Shape(10, 5, 1, SIZE))) {
            long start = System.nanoTime();
            on.pace.start();
            on.loop.runFor(STALL);
            on.pace.stop();
            double most = (System.nanoTime() - start) * RATE / 1e9 + 1;
            on.loop.runUntil(on.pace::isQuiet);
            long sent = on.connections.completed() - 10;
            assertTrue(sent >= 99 && sent <= most, "sent: " + sent + " of " + most);
            assertEquals(sent, on.pace.latencies().getTotalCount());
        }
    }

    @Test
    void itCanStartAgain() throws IOException {
        try (TestServer server = new TestServer(TestServer::echo);
                Paced on = new Paced(server, new Shape(1, 1, 1, SIZE))) {
            for (int round = 1; round <= 2; round++) {
                long before = on.connections.completed();
                on.pace.start();
                on.loop.runUntil(() -> on.connections.completed() == before + 5);
                on.pace.stop();
                on.loop.runUntil(on.pace::isQuiet);
            }
        }
    }
}
