package dev.weft.bench.systems;

import dev.weft.Awaitable;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.actor.Owner;
import dev.weft.bench.report.Spread;
import dev.weft.bench.targets.Limit;
import dev.weft.bench.targets.Target;
import dev.weft.spi.Waiter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A question to an owner and its answer: on one loop, against the context switches of that loop between two greenlets that wake
 * each other in turn; and between two loops that are kept busy by several askers, as the time for each question.
 */
final class OwnerAsk implements Measurement {
    private static final int ASKS = 320_000;
    private static final int ASKERS = 16;
    private static final int WARM_UPS = 3;
    private static final double MOST_SWITCHES = 2.5;
    private static final double MOST_MICROS = 3;

    @Override
    public String name() {
        return "owner-ask";
    }

    @Override
    public List<Target> measure(int rounds) {
        double[] switches = new double[rounds];
        double[] micros = new double[rounds];
        try (LoopGroup group = LoopGroup.open(2)) {
            Loop asking = group.loops().get(0);
            Owner<int[]> here = Owner.builder("here").on(asking).start(() -> new int[1]);
            Owner<int[]> there = Owner.builder("there").on(group.loops().get(1)).start(() -> new int[1]);
            for (int round = -WARM_UPS; round < rounds; round++) {
                double ofSwitch = asking.call(OwnerAsk::nanosOfSwitch);
                double ofAsk = asking.call(() -> nanosOfAsk(here));
                double ofAskThere = asking.call(() -> nanosOfAskOfMany(there));
                if (round >= 0) {
                    switches[round] = ofAsk / ofSwitch;
                    micros[round] = ofAskThere / 1e3;
                }
            }
        }
        return List.of(
                new Target(
                        "ask and answer on one loop / context switch",
                        Limit.atMost(MOST_SWITCHES),
                        Spread.of(switches)),
                new Target(
                        "ask and answer between two loops busy with 16 askers, us each",
                        Limit.atMost(MOST_MICROS),
                        Spread.of(micros)));
    }

    private static double nanosOfAsk(Owner<int[]> owner) {
        long begin = System.nanoTime();
        ask(owner, ASKS);
        return (double) (System.nanoTime() - begin) / ASKS;
    }

    private static void ask(Owner<int[]> owner, int times) {
        for (int i = 0; i < times; i++) {
            owner.ask(count -> count[0]++);
        }
    }

    private static double nanosOfSwitch() {
        Gate ping = new Gate();
        Gate pong = new Gate();
        Weft.spawn(() -> {
            for (int i = 0; i < ASKS; i++) {
                Weft.await(ping);
                pong.open();
            }
        });
        Weft.yieldNow();
        long begin = System.nanoTime();
        for (int i = 0; i < ASKS; i++) {
            ping.open();
            Weft.await(pong);
        }
        return (System.nanoTime() - begin) / (2.0 * ASKS);
    }

    private static double nanosOfAskOfMany(Owner<int[]> owner) {
        long begin = System.nanoTime();
        List<Greenlet<?>> askers = new ArrayList<>();
        for (int i = 0; i < ASKERS; i++) {
            askers.add(Weft.spawn(() -> ask(owner, ASKS / ASKERS)));
        }
        Weft.joinAll(askers);
        return (double) (System.nanoTime() - begin) / ASKS;
    }

    /** Lets the one greenlet that waits at it pass, once each time that it is opened. */
    private static final class Gate implements Awaitable<@Nullable Void> {
        private @Nullable Waiter<? super @Nullable Void> waiting;

        @SuppressWarnings("NullAway") // a Void is always null
        void open() {
            Waiter<? super @Nullable Void> passing = waiting;
            waiting = null;
            if (passing != null) {
                passing.succeed(null);
            }
        }

        @Override
        public void subscribe(Waiter<? super @Nullable Void> waiter) {
            waiting = waiter;
        }

        @Override
        public boolean unsubscribe(Waiter<? super @Nullable Void> waiter) {
            waiting = null;
            return true;
        }
    }
}
