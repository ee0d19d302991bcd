package dev.weft.bench.cost;

import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.sync.Channel;
import dev.weft.sync.Clause;
import dev.weft.sync.Select;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The cost of a select over receives from 2, 8 and 64 channels of one loop, with one clause ready or none. Threads have no
 * equivalent; {@link ChannelHandOff#rendezvous} is the same without a choice.
 */
public class SelectCost extends CostBenchmark {
    private static final int TURNS = 1_000;

    @State(Scope.Benchmark)
    public static class Channels {
        @Param({"2", "8", "64"})
        public int clauses = 2;

        private final LoopGroup group = LoopGroup.open();
        private final List<Channel<Integer>> channels = new ArrayList<>();
        private final List<Clause<Integer, RuntimeException>> choice = new ArrayList<>();

        @Setup(Level.Trial)
        public void make() {
            for (int i = 0; i < clauses; i++) {
                Channel<Integer> channel = Channel.on(group.next()).buffered(1);
                channels.add(channel);
                choice.add(Select.on(channel.receiving()));
            }
        }

        @TearDown(Level.Trial)
        public void close() {
            group.close();
        }

        private int choose() {
            return Weft.<Integer, RuntimeException>select(choice);
        }

        private Channel<Integer> channel(int turn) {
            return channels.get(turn % clauses);
        }
    }

    /** One select that polls the channels in random order and finds one of them non-empty. */
    @Benchmark
    @OperationsPerInvocation(TURNS)
    public int oneIsReady(Channels channels) {
        return channels.group
                .spawn(() -> {
                    int sum = 0;
                    for (int turn = 0; turn < TURNS; turn++) {
                        channels.channel(turn).send(turn);
                        sum += channels.choose();
                    }
                    return sum;
                })
                .join();
    }

    /** One select that waits until a partner sends to one of the channels: two context switches. */
    @Benchmark
    @OperationsPerInvocation(TURNS)
    public int waitForOne(Channels channels) {
        return channels.group
                .spawn(() -> {
                    Greenlet<?> partner = Weft.spawn(() -> {
                        for (int turn = 0; turn < TURNS; turn++) {
                            channels.channel(turn).send(turn);
                            Weft.yieldNow();
                        }
                    });
                    int sum = 0;
                    for (int turn = 0; turn < TURNS; turn++) {
                        sum += channels.choose();
                    }
                    partner.join();
                    return sum;
                })
                .join();
    }
}
