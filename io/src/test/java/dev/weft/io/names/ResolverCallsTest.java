package dev.weft.io.names;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The calls beneath look-ups, on a stepped loop: patience, and the order in which calls get a thread. */
@Timeout(30)
@ExtendWith(NoGreenletLeaks.class)
final class ResolverCallsTest {
    private static final Duration NEARLY = ResolverCalls.ANSWER_TIMEOUT.minusMillis(1);
    private static final Duration A_MILLISECOND = Duration.ofMillis(1);

    /** A name server that answers a call with the name that it was asked for, whenever it is told to answer one. */
    private static final class Server implements InetAddressResolver, AutoCloseable {
        final Semaphore answers = new Semaphore(0);
        final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();

        @Override
        public Stream<InetAddress> lookupByName(String host, LookupPolicy policy) {
            throw new AssertionError("not asked here");
        }

        @Override
        public String lookupByAddress(byte[] address) {
            throw new AssertionError("not asked here");
        }

        String ask(String name) {
            asked.add(name);
            answers.acquireUninterruptibly();
            return name;
        }

        void untilAsked(int count) {
            while (asked.size() < count) {
                Thread.onSpinWait();
            }
        }

        void answerAll() {
            answers.release(1000);
        }

        @Override
        public void close() {
            answerAll();
        }
    }

    private record Query(Server server, String name) implements ResolverCall.Query<String> {
        @Override
        public String ask(InetAddressResolver resolver) throws UnknownHostException {
            String answer = server.ask(name);
            return switch (name) {
                case "unknown" -> throw new UnknownHostException(name);
                case "broken" -> throw new IllegalStateException(name);
                case "no memory" -> throw new OutOfMemoryError(name);
                default -> answer;
            };
        }

        @Override
        public String toString() {
            return "look-up of " + name;
        }
    }

    private final Server server = new Server();

    private Greenlet<String> ask(SteppedLoop stepped, ResolverCalls lookUps, String name) {
        Greenlet<String> asking = stepped.spawn(() -> lookUps.ask(new Query(server, name)));
        stepped.runUntilIdle();
        return asking;
    }

    /** Runs the loop until {@code greenlet} has ended, which a thread brings about. */
    private static void untilDone(SteppedLoop stepped, Greenlet<?> greenlet) {
        while (!greenlet.state().isDone()) {
            stepped.runUntilIdle();
        }
    }

    private static String failureOf(Greenlet<?> greenlet) {
        return assertInstanceOf(
                        UnknownHostException.class,
                        assertInstanceOf(Outcome.Failed.class, greenlet.outcome())
                                .failure())
                .toString();
    }

    @FunctionalInterface
    private interface Body {
        void run(SteppedLoop stepped, ResolverCalls lookUps) throws Exception;
    }

    private void onLoop(Body body) throws Exception {
        try (SteppedLoop stepped = SteppedLoop.open((greenlet, failure) -> {});
                Server closing = server) {
            body.run(stepped, new ResolverCalls(closing, stepped.clock()));
        }
    }

    @Test
    void afterThirtySecondsAllWhoWaitAreTold() throws Exception {
        onLoop((stepped, lookUps) -> {
            Greenlet<String> first = ask(stepped, lookUps, "slow");
            stepped.advance(Duration.ofSeconds(10));
            Greenlet<String> second = ask(stepped, lookUps, "slow");
            stepped.advance(Duration.ofSeconds(20).minusMillis(1));
            assertFalse(first.state().isDone());
            stepped.advance(A_MILLISECOND);
            assertTrue(
                    failureOf(first).contains("look-up of slow in 30 s: the name server does not respond"),
                    () -> failureOf(first));
            assertTrue(second.state().isDone(), "its call is as old");
        });
    }

    @Test
    void whoAsksForANameThatHangsIsToldAtOnce() throws Exception {
        onLoop((stepped, lookUps) -> {
            ask(stepped, lookUps, "slow");
            stepped.advance(ResolverCalls.ANSWER_TIMEOUT);
            Greenlet<String> later = ask(stepped, lookUps, "slow");
            assertTrue(failureOf(later).contains("does not respond"));
            server.untilAsked(1);
            assertEquals(1, server.asked.size());
        });
    }

    @Test
    void aNameThatNoLongerHangsIsAskedForAgain() throws Exception {
        onLoop((stepped, lookUps) -> {
            ask(stepped, lookUps, "slow");
            stepped.advance(ResolverCalls.ANSWER_TIMEOUT);
            server.answers.release();
            while (!lookUps.toString().equals("0 look-ups on 0 threads")) {
                Thread.onSpinWait();
            }
            server.answers.release();
            Greenlet<String> later = ask(stepped, lookUps, "slow");
            untilDone(stepped, later);
            assertEquals("slow", later.join());
        });
    }

    @Test
    void anAnswerInTimeIsTaken() throws Exception {
        onLoop((stepped, lookUps) -> {
            Greenlet<String> asking = ask(stepped, lookUps, "slow");
            stepped.advance(NEARLY);
            server.answers.release();
            untilDone(stepped, asking);
            assertEquals("slow", asking.join());
        });
    }

    @Test
    void callsGetThreadsInTheOrderOfAsking() throws Exception {
        onLoop((stepped, lookUps) -> {
            List<Greenlet<String>> asking = new ArrayList<>();
            for (int i = 0; i < ResolverCalls.THREADS; i++) {
                asking.add(ask(stepped, lookUps, "first " + i));
            }
            server.untilAsked(ResolverCalls.THREADS);
            server.asked.clear();
            for (String name : List.of("a", "b", "c", "d")) {
                asking.add(ask(stepped, lookUps, name));
            }
            Greenlet<String> givenUp = asking.get(ResolverCalls.THREADS + 1);
            givenUp.kill();
            stepped.runUntilIdle();
            assertTrue(givenUp.state().isDone());
            assertEquals("19 look-ups on 16 threads", lookUps.toString());
            for (int i = 1; i <= 3; i++) {
                server.answers.release();
                server.untilAsked(i);
            }
            assertEquals(List.of("a", "c", "d"), List.copyOf(server.asked));
            server.answerAll();
            for (Greenlet<String> each : asking) {
                untilDone(stepped, each);
            }
            while (!lookUps.toString().equals("0 look-ups on 0 threads")) {
                Thread.onSpinWait();
            }
        });
    }

    @Test
    void whoGetsNoThreadIsToldWhy() throws Exception {
        onLoop((stepped, lookUps) -> {
            for (int i = 0; i < ResolverCalls.THREADS; i++) {
                ask(stepped, lookUps, "hangs " + i);
            }
            stepped.advance(A_MILLISECOND);
            Greenlet<String> last = ask(stepped, lookUps, "last");
            stepped.advance(ResolverCalls.ANSWER_TIMEOUT);
            assertTrue(
                    failureOf(last).contains("could not be started because 16 others are blocked"),
                    () -> failureOf(last));
            server.untilAsked(ResolverCalls.THREADS);
            assertFalse(server.asked.contains("last"));
            assertEquals("16 look-ups on 16 threads", lookUps.toString());
        });
    }

    @Test
    void failuresAreTold() throws Exception {
        onLoop((stepped, lookUps) -> {
            server.answerAll();
            Greenlet<String> unknown = ask(stepped, lookUps, "unknown");
            untilDone(stepped, unknown);
            assertTrue(failureOf(unknown).endsWith("unknown"), () -> failureOf(unknown));
            Greenlet<String> broken = ask(stepped, lookUps, "broken");
            untilDone(stepped, broken);
            assertTrue(failureOf(broken).endsWith("the look-up of broken failed"), () -> failureOf(broken));
            Greenlet<String> noMemory = ask(stepped, lookUps, "no memory");
            untilDone(stepped, noMemory);
            assertThrows(OutOfMemoryError.class, noMemory::join);
        });
    }

    /** Whatever is asked, left and answered in whatever order: nobody waits for ever, nothing stays. */
    @Test
    void everyOrderOfAskingAndLeavingEndsClean() {
        SteppedLoop.underSeeds(100, stepped -> {
            try (Server answering = new Server()) {
                ResolverCalls lookUps = new ResolverCalls(answering, stepped.clock());
                answering.answers.release(20);
                List<Greenlet<String>> asking = new ArrayList<>();
                for (int i = 0; i < 60; i++) {
                    Query query = new Query(answering, "name " + i % 25);
                    asking.add(stepped.spawn(() -> lookUps.ask(query)));
                }
                for (int i = 0; i < 60; i += 3) {
                    Greenlet<String> leaving = asking.get(i);
                    stepped.spawn(() -> {
                        Weft.yieldNow();
                        leaving.kill();
                    });
                }
                stepped.runUntilIdle();
                answering.answerAll();
                for (Greenlet<String> each : asking) {
                    untilDone(stepped, each);
                }
                while (!lookUps.toString().equals("0 look-ups on 0 threads")) {
                    Thread.onSpinWait();
                }
            }
        });
    }
}
