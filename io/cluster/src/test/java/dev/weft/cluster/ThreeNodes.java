package dev.weft.cluster;

import dev.weft.Greenlet;
import dev.weft.Weft;
import dev.weft.cluster.testing.SimulatedNetwork;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/** The nodes a, b and c of a cluster on a simulated network, on one stepped loop, and those that join them. All are left at the end. */
final class ThreeNodes {
    static final Duration SECOND = Duration.ofSeconds(1);

    private static final Duration ENOUGH = Duration.ofHours(3);

    private final long seed;
    private final SimulatedNetwork network;
    private final BiConsumer<String, ClusterConfig> settings;
    private final List<Cluster> joined = new ArrayList<>();

    private ThreeNodes(long seed, BiConsumer<String, ClusterConfig> settings) throws Exception {
        this.seed = seed;
        this.settings = settings;
        network = new SimulatedNetwork(seed).delay(Duration.ofMillis(1), Duration.ofMillis(9));
        for (String name : List.of("a", "b", "c")) {
            join(name);
        }
    }

    /** A test of them. */
    interface Test {
        void run(ThreeNodes nodes) throws Exception;
    }

    /** Runs {@code test} with each seed. It must end within three hours of the loop's time. */
    static void underSeeds(int seeds, Test test) {
        underSeeds(seeds, (node, config) -> {}, test);
    }

    /** As {@link #underSeeds(int, Test)}; {@code settings} get the name of each node, and how it joins. */
    static void underSeeds(int seeds, BiConsumer<String, ClusterConfig> settings, Test test) {
        for (int seed = 0; seed < seeds; seed++) {
            run(seed, SteppedLoop.shuffled(seed), settings, test);
        }
    }

    /** As {@link #underSeeds(int, Test)}; {@code uncaught} gets the failures that nobody has observed. */
    static void underSeeds(int seeds, List<Throwable> uncaught, Test test) {
        for (int seed = 0; seed < seeds; seed++) {
            run(
                    seed,
                    SteppedLoop.shuffled(seed, (greenlet, failure) -> uncaught.add(failure)),
                    (node, config) -> {},
                    test);
        }
    }

    private static void run(long seed, SteppedLoop loop, BiConsumer<String, ClusterConfig> settings, Test test) {
        try (SteppedLoop stepped = loop) {
            Greenlet<?> running = stepped.spawn(() -> {
                ThreeNodes nodes = new ThreeNodes(seed, settings);
                try {
                    pause(); // until all see each other
                    test.run(nodes);
                } finally {
                    Weft.shield(nodes::leave);
                }
            });
            stepped.advance(ENOUGH);
            if (running.state() != Greenlet.State.RETURNED) {
                throw new AssertionError(running + " has not returned; there are:\n"
                        + stepped.loop().greenlets().stream()
                                .map(greenlet -> greenlet + ": " + greenlet.waitingOn())
                                .collect(Collectors.joining("\n")));
            }
        } catch (Exception | AssertionError e) {
            throw new AssertionError("failed under seed " + seed, e);
        }
    }

    /** Lets another node join. */
    Cluster join(String name) throws Exception {
        ClusterConfig config = ClusterConfig.over(network.transport(name)).allowPackage("dev.weft");
        settings.accept(name, config);
        Cluster cluster = Cluster.join("test", config);
        joined.add(cluster);
        return cluster;
    }

    private void leave() {
        network.heal();
        joined.forEach(Cluster::close);
    }

    long seed() {
        return seed;
    }

    SimulatedNetwork network() {
        return network;
    }

    Cluster a() {
        return joined.get(0);
    }

    Cluster b() {
        return joined.get(1);
    }

    Cluster c() {
        return joined.get(2);
    }

    /** Returns node b as a sees it. */
    Node bOfA() {
        return a().node(b().self().id());
    }

    /** Returns node c as a sees it. */
    Node cOfA() {
        return a().node(c().self().id());
    }

    /** Lets packets arrive, and what they begin go on. */
    static void pause() {
        Weft.sleep(Duration.ofMillis(100));
    }

    /** Waits until what is on its way has arrived, and what has happened to the network has been seen. */
    static void settle() {
        Weft.sleep(Duration.ofSeconds(3));
    }

    /** Returns what {@code ref} becomes when it arrives at {@code node}. */
    @SuppressWarnings("unchecked")
    static <M> Ref<M> at(Cluster node, Ref<M> ref) {
        return (Ref<M>) node.references().resolve((RefHandle) ((Travelling) ref).handle());
    }
}
