package dev.weft.sync;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** The home of a channel closes while others, elsewhere, use it or wait there. */
class ChannelHomeTest extends AcrossLoopsFixture {
    @Test
    void thoseWhoWaitWhenTheHomeClosesAreTold() throws Exception {
        LoopGroup other = LoopGroup.open();
        Loop closing = other.next();
        Channel<String> channel = Channel.on(closing).rendezvous();
        FutureTask<String> thread = inThread(() -> channel.receive());
        Greenlet<String> far = away.spawn(() -> channel.receive(NEVER));
        while (!isVisited(closing)) {
            Thread.onSpinWait();
        }
        other.close();
        String said = assertThrows(ExecutionException.class, thread::get).toString();
        assertTrue(said.contains("RejectedExecutionException"), said);
        assertTrue(said.contains("is closed"), said);
        assertThrows(RejectedExecutionException.class, far::join);
    }

    @Test
    void thoseWhoWaitAreToldOfAHomeThatWasHeldUntilItsCloserGaveUp() throws Exception {
        LoopGroup other = LoopGroup.open();
        Loop closing = other.next();
        Channel<String> channel = Channel.on(closing).rendezvous();
        FutureTask<String> thread = inThread(() -> channel.receive());
        while (!isVisited(closing)) {
            Thread.onSpinWait();
        }
        CountDownLatch held = new CountDownLatch(1);
        closing.spawn(() -> {
            held.countDown();
            while (!Thread.currentThread().isInterrupted()) { // by the closer, when it gives up
                Thread.onSpinWait();
            }
        });
        held.await();
        other.close(Duration.ZERO);
        String said = assertThrows(ExecutionException.class, thread::get).toString();
        assertTrue(said.contains("RejectedExecutionException"), said);
    }

    @Test
    void operationsOnAChannelWhoseHomeIsClosedSaySo() {
        LoopGroup other = LoopGroup.open();
        Channel<String> channel = Channel.on(other.next()).buffered(2);
        Broadcast<String> broadcast = Broadcast.on(other.next());
        Watch<String> watch = Watch.on(other.next(), "last");
        other.close();
        for (org.junit.jupiter.api.function.Executable operation : List.<org.junit.jupiter.api.function.Executable>of(
                () -> channel.receive(),
                () -> channel.send("x"),
                () -> channel.trySend("x"),
                channel::tryReceive,
                () -> away.spawn(() -> channel.receive()).join(),
                () -> broadcast.publish("x"),
                () -> watch.set("x"))) {
            String said =
                    assertThrows(RejectedExecutionException.class, operation).toString();
            assertTrue(said.contains("on which"), said);
        }
        channel.close();
        channel.fail(new IllegalStateException("ignored"));
        broadcast.close();
        watch.close();
        assertEquals("last", watch.value());
    }

    @Test
    void nobodyHangsWhoComesWhileTheHomeCloses() throws Exception {
        for (int round = 0; round < 200; round++) {
            LoopGroup other = LoopGroup.open();
            Channel<Integer> channel = Channel.on(other.next()).rendezvous();
            List<FutureTask<?>> all = new ArrayList<>();
            all.add(inThread(() -> channel.receive()));
            Greenlet<?> far = away.spawn(() -> {
                try {
                    channel.receive();
                } catch (RejectedExecutionException e) {
                    // One or the other.
                }
            });
            AtomicBoolean over = new AtomicBoolean();
            all.add(inThread(() -> {
                while (!over.get()) {
                    channel.trySend(1);
                }
                return 0;
            }));
            other.close();
            over.set(true);
            for (FutureTask<?> task : all) {
                try {
                    task.get();
                } catch (ExecutionException e) {
                    assertTrue(e.getCause() instanceof RejectedExecutionException, e::toString);
                }
            }
            far.join();
        }
    }

    @Test
    void nothingIsLeftAtHomeAfterTheLastVisit() throws Exception {
        Channel<String> channel = Channel.on(home).rendezvous();
        FutureTask<String> thread = inThread(() -> channel.receive());
        untilVisited(1);
        assertEquals(List.of(), home.greenlets());
        channel.send("value");
        assertEquals("value", thread.get());
        assertFalse(isVisited(home));
    }
}
