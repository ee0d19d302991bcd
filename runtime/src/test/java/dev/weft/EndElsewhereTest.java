package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.lowlevel.Suspension;
import dev.weft.sync.Event;
import dev.weft.sync.Select;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** The end of a greenlet as heard of on another loop: by who joins it, and by who selects. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(60)
class EndElsewhereTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private final BlockingQueue<String> unheard = new LinkedBlockingQueue<>();
    private final LoopGroup group = LoopGroup.builder()
            .loops(2)
            .uncaughtHandler((greenlet, failure) -> unheard.add(greenlet.name()))
            .open();
    private final Loop here = group.loops().get(0);
    private final Loop there = group.loops().get(1);

    @AfterEach
    void close() {
        group.close();
    }

    private Greenlet<String> failsAfter(Event event, String name) {
        return there.spawn(name, () -> {
            event.await();
            throw new TaskFixture.Broken(name);
        });
    }

    @Test
    void aSelectThatLosesTheClauseHasNotHeardOfTheFailure() throws Exception {
        Event fail = new Event(there);
        Greenlet<String> far = failsAfter(fail, "far");
        String chosen = here.spawn(() -> Weft.<String, RuntimeException>select(
                        Select.on(far), Select.after(Duration.ZERO, () -> "the timer")))
                .join();
        assertEquals("the timer", chosen);
        fail.set();
        assertEquals("far", unheard.poll(10, TimeUnit.SECONDS));
    }

    @Test
    void aSelectThatIsToldHasHeardOfTheFailure() {
        Event fail = new Event(there);
        Greenlet<String> far = failsAfter(fail, "far");
        Greenlet<?> selecting = here.spawn(() -> assertThrows(
                TaskFixture.Broken.class,
                () -> Weft.<String, RuntimeException>select(Select.on(far), Select.after(MINUTE, () -> "the timer"))));
        while (selecting.state() != Greenlet.State.WAITING) {
            Thread.onSpinWait();
        }
        fail.set();
        selecting.join();
        assertEquals(List.of(), List.copyOf(unheard));
    }

    @Test
    void aSelectWithTheEndOfOneThatHasEndedIsReady() {
        Greenlet<String> far = there.spawn(() -> "over");
        far.join();
        assertEquals(
                "over",
                here.spawn(() -> Weft.<String, RuntimeException>select(
                                Select.on(far), Select.otherwise(() -> "not ready")))
                        .join());
    }

    /** The far one fails while the near one leaves its wait: either the one throws, or the handler is told. */
    @Test
    void aFailureThatMeetsATimeoutIsThrownOrReportedAndNeverLost() throws Exception {
        int thrown = 0;
        int rounds = 3_000;
        for (int round = 0; round < rounds; round++) {
            CyclicBarrier together = new CyclicBarrier(2);
            String name = "round " + round;
            Greenlet<String> far = there.spawn(name, () -> {
                together.await();
                Weft.yieldNow();
                throw new TaskFixture.Broken(name);
            });
            boolean selects = round % 2 == 0;
            Greenlet<String> near = here.spawn(() -> {
                Greenlet<String> joining = Weft.spawn(() -> selects
                        ? Weft.<String, RuntimeException>select(Select.on(far), Select.after(MINUTE, () -> "late"))
                        : far.join(MINUTE));
                Weft.yieldNow();
                there.spawn(() -> {}).join(); // by now the far loop knows who waits
                together.await();
                joining.kill();
                return assertThrows(Exception.class, () -> Weft.await(joining)) instanceof Cancelled
                        ? "left"
                        : "thrown";
            });
            if (near.join().equals("thrown")) {
                thrown++;
            } else {
                assertEquals(name, unheard.poll(10, TimeUnit.SECONDS));
            }
        }
        assertEquals(List.of(), List.copyOf(unheard));
        assertTrue(thrown < rounds, "nobody ever left in time");
    }

    @Test
    void aRingOfWaitsOverTwoLoopsCanBeDescribed() {
        Event begin = new Event(here);
        LinkedBlockingQueue<Greenlet<@Nullable Void>> far = new LinkedBlockingQueue<>();
        Greenlet<?> near = here.spawn("near", () -> {
            begin.await();
            Weft.await(far.take());
        });
        Greenlet<@Nullable Void> waiting = there.spawn("far", () -> {
            Weft.select(Select.run(near, () -> {}));
        });
        far.add(waiting);
        begin.set();
        while (!near.waitingOn().contains("far") || waiting.waitingOn().isEmpty()) {
            Thread.onSpinWait();
        }
        assertEquals("the end of greenlet \"far\"", near.waitingOn());
        assertEquals("select [the end of greenlet \"near\"]", waiting.waitingOn());
        assertTrue(near.toString().contains("on the end of greenlet \"far\""), near::toString);
    }

    @Test
    void whatStandsForAGreenletOfAnotherLoopIsSomethingElseAndAllElseIsItself() {
        Greenlet<String> far = there.spawn(() -> "far");
        here.spawn(() -> {
                    Awaitable<String> end = Suspension.here(far);
                    assertEquals("far", Weft.await(end));
                    Awaitable<@Nullable Void> timer = Weft.timer(MINUTE);
                    assertEquals(timer, Suspension.here(timer));
                    Greenlet<?> near = Weft.spawn(() -> {});
                    assertEquals(near, Suspension.here(near));
                })
                .join();
        assertThrows(IllegalStateException.class, () -> Suspension.here(far));
    }
}
