package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Awaitable;
import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.lowlevel.Suspension;
import dev.weft.spi.Claim;
import dev.weft.spi.Waiter;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Selects over what belongs to other loops. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class SelectAcrossLoopsTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** What another thread has won a moment ago: its completion is on the way. */
    private static final class Elsewhere implements Awaitable<String> {
        private @Nullable Waiter<? super String> waiter;
        private Claim claim = new Claim();

        @Override
        public void subscribe(Waiter<? super String> subscriber) {
            waiter = subscriber;
            claim = subscriber.share();
        }

        @Override
        public boolean unsubscribe(Waiter<? super String> subscriber) {
            return claim.tryTake(this) || !claim.isTakenBy(subscriber.claimant());
        }

        boolean take() {
            return claim.tryTake(Objects.requireNonNull(waiter).claimant());
        }

        void arrive() {
            Objects.requireNonNull(waiter).succeed("won elsewhere");
        }
    }

    @Test
    void whatHappensAfterAClauseWasWonElsewhereComesTooLate() {
        try (SteppedLoop stepped = SteppedLoop.open()) {
            Elsewhere far = new Elsewhere();
            Channel<String> near = Channel.on(stepped.loop()).rendezvous();
            Greenlet<String> selecting = stepped.spawn(
                    () -> Weft.select(Select.on(near.receiving()), Select.on(far), Select.after(SECOND, () -> "late")));
            stepped.runUntilIdle();
            assertTrue(far.take());
            stepped.advance(SECOND);
            assertEquals(false, stepped.run(() -> near.trySend("kept")));
            selecting.kill();
            stepped.runUntilIdle();
            assertSame(Greenlet.State.WAITING, selecting.state());
            Suspension.post(stepped.loop(), far::arrive);
            stepped.runUntilIdle();
            assertEquals("won elsewhere", selecting.join());
        }
    }

    @Test
    void clausesOfOtherLoopsAreClauses() {
        try (LoopGroup group = LoopGroup.open(2)) {
            Loop home = group.loops().get(0);
            Loop away = group.loops().get(1);
            Channel<String> far = Channel.on(home).rendezvous();
            Channel<String> near = Channel.on(away).rendezvous();
            for (int i = 0; i < 100; i++) {
                Greenlet<String> selecting =
                        away.spawn(() -> Weft.select(Select.on(near.receiving()), Select.on(far.receiving())));
                Channel<String> used = i % 2 == 0 ? far : near;
                (i % 4 < 2 ? home : away).spawn(() -> used.send("value"));
                assertEquals("value", selecting.join());
            }
            assertEquals(Optional.empty(), far.tryReceive());
        }
    }

    @Test
    void theEndOfAGreenletOfAnotherLoopIsAClause() {
        try (LoopGroup group = LoopGroup.open(2)) {
            Greenlet<String> far = group.loops().get(0).spawn(() -> "far");
            Greenlet<String> selecting = group.loops()
                    .get(1)
                    .spawn(() -> Weft.select(Select.on(far), Select.after(Duration.ofMinutes(1), () -> "late")));
            assertEquals("far", selecting.join());
        }
    }

    @Test
    void aKilledSelectOverAnotherLoopTakesNothingThere() {
        try (LoopGroup group = LoopGroup.open(2)) {
            Loop home = group.loops().get(0);
            Channel<String> far = Channel.on(home).rendezvous();
            Greenlet<String> killed = group.loops()
                    .get(1)
                    .spawn(() ->
                            Weft.select(Select.on(far.receiving()), Select.after(Duration.ofMinutes(1), () -> "late")));
            while (!AcrossLoopsFixture.isVisited(home)) {
                Thread.onSpinWait(); // until its visit has come
            }
            killed.kill();
            assertThrows(Cancelled.class, killed::join);
            while (AcrossLoopsFixture.isVisited(home)) {
                Thread.onSpinWait(); // until its visit has gone
            }
            Greenlet<?> sender = home.spawn(() -> far.send("kept"));
            assertEquals("kept", far.receive());
            sender.join();
        }
    }

    @Test
    void aDefaultGoesBeforeWhatIsOnAnotherLoop() {
        try (LoopGroup group = LoopGroup.open(2)) {
            Channel<String> far = Channel.on(group.loops().get(0)).buffered(1);
            far.send("kept");
            for (int i = 0; i < 1_000; i++) {
                String chosen = group.loops()
                        .get(1)
                        .spawn(() -> Weft.select(Select.on(far.receiving()), Select.otherwise(() -> "nothing")))
                        .join();
                if (chosen.equals("kept")) {
                    far.send("kept"); // it was as quick as that
                }
            }
            assertEquals("kept", far.receive());
        }
    }
}
