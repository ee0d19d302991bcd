package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Selects over closed channels, selects that are killed, and selects that meet themselves. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class SelectEndTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void theReceiveClauseOfAClosedChannelIsReadyWithTheEnd() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Channel<String> channel = Channel.on(stepped.loop()).rendezvous();
            Channel<String> silent = Channel.on(stepped.loop()).rendezvous();
            Greenlet<Optional<String>> waiting = stepped.spawn(
                    () -> Weft.select(Select.on(silent.receivingOrEnd()), Select.on(channel.receivingOrEnd())));
            Greenlet<?> throwing = stepped.spawn(() -> assertThrows(
                    EndOfChannel.class,
                    () -> Weft.select(Select.on(silent.receiving()), Select.on(channel.receiving()))));
            stepped.runUntilIdle();
            channel.close();
            stepped.runUntilIdle();
            assertEquals(Optional.empty(), waiting.join());
            assertSame(Greenlet.State.RETURNED, throwing.state());
            assertEquals(
                    Optional.empty(),
                    stepped.run(() ->
                            Weft.select(Select.on(silent.receivingOrEnd()), Select.on(channel.receivingOrEnd()))));
        }
    }

    @Test
    void theSendClauseOfAClosedChannelFails() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                Channel<String> closed = Channel.rendezvous();
                closed.close();
                Channel<String> silent = Channel.rendezvous();
                assertThrows(
                        ChannelClosed.class,
                        () -> Weft.select(Select.on(silent.receiving()), Select.on(closed.sending("x"), () -> "sent")));
                return 0;
            });
        }
    }

    @Test
    void aFailureOfTheChosenClauseIsThrown() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            stepped.run(() -> {
                assertThrows(
                        IOException.class,
                        () -> Weft.select(
                                Select.on(Weft.completion(CompletableFuture.failedFuture(new IOException("broken"))))));
                Channel<String> channel = Channel.buffered(1);
                channel.send("value");
                assertThrows(
                        IOException.class,
                        () -> Weft.select(Select.on(channel.receiving(), value -> {
                            throw new IOException("the handler's own");
                        })));
                return 0;
            });
        }
    }

    @Test
    void aSelectDoesNotMatchItself() {
        SteppedLoop.underSeeds(200, stepped -> {
            Channel<String> channel = Channel.on(stepped.loop()).rendezvous();
            Greenlet<String> selecting = stepped.spawn(() -> sendOrReceive(channel, "own"));
            stepped.runUntilIdle();
            assertSame(Greenlet.State.WAITING, selecting.state());
            Greenlet<String> other = stepped.spawn(() -> sendOrReceive(channel, "other's"));
            stepped.runUntilIdle();
            assertTrue((selecting.join().equals("sent") && other.join().equals("own"))
                    || (selecting.join().equals("other's") && other.join().equals("sent")));
        });
    }

    private static String sendOrReceive(Channel<String> channel, String value) {
        return Weft.select(Select.on(channel.sending(value), () -> "sent"), Select.on(channel.receiving()));
    }

    @Test
    void aSelectThatSendsAndReceivesSeesTheEnd() {
        SteppedLoop.underSeeds(20, stepped -> {
            Channel<String> channel = Channel.on(stepped.loop()).rendezvous();
            Greenlet<Optional<String>> selecting = stepped.spawn(() -> Weft.select(
                    Select.on(channel.sending("own"), () -> Optional.of("sent")), Select.on(channel.receivingOrEnd())));
            stepped.runUntilIdle();
            channel.close();
            stepped.runUntilIdle();
            assertEquals(Optional.empty(), selecting.join());
        });
    }

    @Test
    void aKilledSelectLeavesNothing() {
        SteppedLoop.underSeeds(200, stepped -> {
            Channel<String> a = Channel.on(stepped.loop()).rendezvous();
            Channel<String> b = Channel.on(stepped.loop()).rendezvous();
            Greenlet<String> killed = stepped.spawn(() -> Weft.select(
                    Select.on(a.receiving()),
                    Select.on(b.sending("x"), () -> "sent"),
                    Select.after(SECOND, () -> "late")));
            stepped.runUntilIdle();
            killed.kill();
            stepped.runUntilIdle();
            assertThrows(Cancelled.class, killed::join);
            assertEquals(0, stepped.loop().statistics().timers());
            stepped.run(() -> {
                assertEquals(Optional.empty(), b.tryReceive());
                assertEquals(false, a.trySend("y"));
                return 0;
            });
        });
    }

    @Test
    void aSelectWithoutClausesWaitsUntilItIsKilled() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Greenlet<?> forever = stepped.spawn(() -> Weft.select(List.<Clause<String, RuntimeException>>of()));
            stepped.runUntilIdle();
            assertSame(Greenlet.State.WAITING, forever.state());
            forever.kill();
            stepped.runUntilIdle();
            assertSame(Greenlet.State.CANCELLED, forever.state());
        }
    }

    @Test
    void aSelectIsACheckpoint() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Channel<String> channel = Channel.on(stepped.loop()).buffered(1);
            Greenlet<?> killed = stepped.spawn(() -> {
                channel.send("stays");
                Greenlet.current().kill();
                Weft.select(Select.on(channel.receiving()), Select.otherwise(() -> "nothing"));
            });
            stepped.runUntilIdle();
            assertSame(Greenlet.State.CANCELLED, killed.state());
            assertEquals("stays", stepped.run(() -> channel.receive()));
        }
    }
}
