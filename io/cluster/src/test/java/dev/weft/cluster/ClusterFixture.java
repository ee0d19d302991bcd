package dev.weft.cluster;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.cluster.testing.SimulatedNetwork;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Three nodes of a cluster on one loop, under many schedules. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
abstract class ClusterFixture {
    static final Duration SECOND = Duration.ofSeconds(1);

    /** What a test does with the nodes. */
    interface Body {
        void run(Nodes nodes) throws Exception;
    }

    /** A network and the nodes on it, which are left at the end. */
    static final class Nodes {
        final long seed;
        final SimulatedNetwork network;
        final Cluster a;
        final Cluster b;
        final Cluster c;
        private final List<Cluster> joined = new ArrayList<>();

        Nodes(long seed) throws Exception {
            this.seed = seed;
            network = new SimulatedNetwork(seed).delay(Duration.ofMillis(1), Duration.ofMillis(9));
            a = join("a");
            b = join("b");
            c = join("c");
        }

        Cluster join(String name) throws Exception {
            Cluster cluster = Cluster.join(
                    "test", ClusterConfig.over(network.transport(name)).allow(ClusterFixture.class));
            joined.add(cluster);
            return cluster;
        }

        /** Waits until what is on its way has arrived, and what has happened to the network has been seen. */
        void settle() {
            Weft.sleep(Duration.ofSeconds(3));
        }

        void leave() {
            joined.forEach(Cluster::close);
        }

        /** Lets {@code node} get to know {@code ref}, of another one. */
        <M> Ref<M> at(Cluster node, Ref<M> ref) {
            return resolved(node, ref);
        }
    }

    /** Returns what {@code ref} becomes when it arrives at {@code node}. */
    @SuppressWarnings("unchecked")
    static <M> Ref<M> resolved(Cluster node, Ref<M> ref) {
        return (Ref<M>) node.references().resolve((RefHandle) ((Travelling) ref).handle());
    }

    static void underSeeds(int seeds, Body body) {
        for (int seed = 0; seed < seeds; seed++) {
            underSeed(seed, SteppedLoop.shuffled(seed), body);
        }
    }

    /** As the other one; {@code uncaught} gets the failures that nobody has observed. */
    static void underSeeds(int seeds, Consumer<Throwable> uncaught, Body body) {
        for (int seed = 0; seed < seeds; seed++) {
            underSeed(seed, SteppedLoop.shuffled(seed, (greenlet, failure) -> uncaught.accept(failure)), body);
        }
    }

    private static void underSeed(int seed, SteppedLoop loop, Body body) {
        AtomicBoolean done = new AtomicBoolean();
        try (SteppedLoop stepped = loop) {
            Greenlet<?> test = stepped.spawn(() -> {
                Nodes nodes = new Nodes(seed);
                body.run(nodes);
                nodes.network.heal();
                nodes.leave();
                done.set(true);
            });
            stepped.advance(Duration.ofMinutes(10));
            if (!test.state().isDone()) {
                throw new AssertionError("it hangs: "
                        + String.join(
                                "\n",
                                stepped.loop().greenlets().stream()
                                        .map(greenlet -> greenlet + ": " + greenlet.waitingOn())
                                        .toList()));
            }
        } catch (Exception | AssertionError e) {
            throw new AssertionError("failed under seed " + seed, e);
        }
        if (!done.get()) {
            throw new AssertionError("it did not end, under seed " + seed);
        }
    }
}
