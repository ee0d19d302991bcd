package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.cluster.testing.SimulatedNetwork;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;

/** A cluster of nodes a, b and c on a simulated network, on a stepped loop. */
record ThreeNodes(SimulatedNetwork network, Cluster a, Cluster b, Cluster c) {
    private static final Duration ENOUGH = Duration.ofHours(3);

    /** A test of such a cluster. */
    interface Test {
        void run(ThreeNodes nodes) throws Exception;
    }

    /** Runs {@code test} with each seed. It must end within three hours of the loop's time. */
    static void underSeeds(int seeds, Test test) {
        long[] seed = {0};
        SteppedLoop.underSeeds(seeds, stepped -> {
            Greenlet<?> running = stepped.spawn(() -> {
                ThreeNodes nodes = join(seed[0]++);
                pause(); // until all see each other
                test.run(nodes);
                nodes.close();
            });
            stepped.advance(ENOUGH);
            assertTrue(
                    running.state().isDone(),
                    () -> "it did not end; greenlets: " + stepped.loop().greenlets());
        });
    }

    private static ThreeNodes join(long seed) throws Exception {
        SimulatedNetwork network = new SimulatedNetwork(seed).delay(Duration.ofMillis(1), Duration.ofMillis(9));
        return new ThreeNodes(network, join(network, "a"), join(network, "b"), join(network, "c"));
    }

    static Cluster join(SimulatedNetwork network, String name) throws Exception {
        return Cluster.join("test", ClusterConfig.over(network.transport(name)).allowPackage("dev.weft"));
    }

    private void close() {
        c.close();
        b.close();
        a.close();
    }

    /** Returns node b as a sees it. */
    Node bOfA() {
        return a.node(b.self().id());
    }

    /** Returns node c as a sees it. */
    Node cOfA() {
        return a.node(c.self().id());
    }

    /** Lets packets arrive, and what they begin go on. */
    static void pause() {
        Weft.sleep(Duration.ofMillis(100));
    }

    /** Waits until losses have been seen. */
    static void awaitDetection() {
        Weft.sleep(Duration.ofSeconds(2));
    }
}
