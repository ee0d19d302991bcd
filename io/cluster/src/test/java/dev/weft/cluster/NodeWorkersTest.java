package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.cluster.NodeLost.Begun;
import dev.weft.cluster.transport.NodeId;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.workers.Workers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pools whose tasks run on the nodes of a cluster. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
final class NodeWorkersTest {
    private static final int SEEDS = 20;
    private static final Duration WHILE = Duration.ofMillis(200);
    private static final List<String> LOG = new CopyOnWriteArrayList<>(); // of tasks, which run in this JVM

    private static void underSeeds(ThreeNodes.Test test) {
        ThreeNodes.underSeeds(SEEDS, nodes -> {
            LOG.clear();
            test.run(nodes);
        });
    }

    /** A task that takes a while, and returns the name of its node. */
    private static String workHere() {
        Weft.sleep(WHILE);
        return Cluster.current().self().name();
    }

    @Test
    void eachTaskGoesToTheNodeWithTheFewest() {
        underSeeds(nodes -> {
            try (Workers workers = Workers.builder(6).nodes(nodes.a())) {
                List<Greenlet<String>> tasks = IntStream.range(0, 6)
                        .mapToObj(i -> workers.submit(() -> workHere()))
                        .toList();
                List<String> places =
                        tasks.stream().map(Greenlet::join).sorted().toList();
                assertEquals(List.of("a", "a", "b", "b", "c", "c"), places);
            }
        });
    }

    @Test
    void mapsInChunks() {
        underSeeds(nodes -> {
            try (Workers workers = Workers.nodes(nodes.b())) {
                List<Integer> numbers = IntStream.range(0, 200).boxed().toList();
                assertEquals(numbers.stream().map(n -> n * n).toList(), workers.map(numbers, n -> n * n, 50));
                int sum = 0;
                for (int square : workers.mapUnordered(numbers, n -> n * n)) {
                    sum += square;
                }
                assertEquals(2_646_700, sum);
                workers.call(() -> LOG.add("void"));
                assertEquals(
                        "x",
                        workers.executor().submit((CopiedCallable) () -> "x").get());
            }
        });
    }

    private interface CopiedCallable extends java.util.concurrent.Callable<String>, java.io.Serializable {}

    @Test
    void aNodeThatJoinsLaterIsUsed() {
        underSeeds(nodes -> {
            try (Workers workers = Workers.builder(4).nodes(nodes.a())) {
                workers.call(() -> workHere());
                try (Cluster d = nodes.join("d")) {
                    ThreeNodes.pause();
                    Set<String> places = new HashSet<>(workers.map(List.of(1, 2, 3, 4), i -> workHere(), 1));
                    assertEquals(Set.of("a", "b", "c", d.self().name()), places);
                }
            }
        });
    }

    @Test
    void theInitializerRunsOnceOnEachNodeBeforeTheTasks() {
        underSeeds(nodes -> {
            try (Workers workers = Workers.builder(12)
                    .initializer(() -> {
                        Weft.sleep(WHILE);
                        LOG.add("ready " + Cluster.current().self().name());
                    })
                    .nodes(nodes.a())) {
                List<Integer> numbers = IntStream.range(0, 40).boxed().toList();
                for (String place : workers.mapUnordered(numbers, i -> {
                    assertTrue(LOG.contains("ready " + Cluster.current().self().name()));
                    return workHere();
                })) {
                    assertFalse(place.isEmpty());
                }
                assertEquals(
                        List.of("ready a", "ready b", "ready c"),
                        LOG.stream().sorted().toList());
            }
        });
    }

    @Test
    void aFailedInitializerFailsTheTask() {
        underSeeds(nodes -> {
            try (Workers workers = Workers.builder(1)
                    .initializer(() -> {
                        LOG.add("tried");
                        if (LOG.size() == 1) {
                            throw new IllegalStateException("not yet");
                        }
                    })
                    .nodes(nodes.a())) {
                assertThrows(IllegalStateException.class, () -> workers.call(() -> 1));
                assertEquals(1, workers.call(() -> 1));
            }
        });
    }

    @Test
    void aKillAndALimitReachTheTask() {
        underSeeds(nodes -> {
            try (Workers workers = Workers.builder(3).nodes(nodes.a())) {
                List<Greenlet<?>> tasks = new ArrayList<>();
                for (int i = 0; i < 3; i++) {
                    tasks.add(workers.submit(() -> linger(), Duration.ofSeconds(5)));
                }
                ThreeNodes.pause();
                Greenlet<?> waiting = workers.submit(() -> linger());
                ThreeNodes.pause();
                tasks.getFirst().kill("not wanted");
                assertThrows(Cancelled.class, tasks.getFirst()::join);
                assertEquals(List.of("killed: not wanted"), LOG);
                waiting.kill("nor that");
                assertThrows(Cancelled.class, waiting::join);
                assertThrows(DeadlineExceeded.class, tasks.get(1)::join);
                assertThrows(DeadlineExceeded.class, tasks.get(2)::join);
                assertEquals(2, Collections.frequency(LOG, "killed: its deadline expired"));
                workers.shutdown();
                assertThrows(RejectedExecutionException.class, () -> workers.submit(() -> 1));
            }
        });
    }

    private static Object linger() {
        try {
            Weft.sleep(Duration.ofHours(1));
        } catch (Cancelled e) {
            LOG.add("killed: " + TaskCall.reason(e));
            throw e;
        }
        return "";
    }

    @Test
    void eachTaskEndsOnceWhenANodeIsLost() {
        underSeeds(nodes -> {
            int count = 60;
            try (Workers workers = Workers.builder(9).nodes(nodes.a())) {
                List<Greenlet<Integer>> tasks = IntStream.range(0, count)
                        .mapToObj(i -> workers.submit(() -> {
                            LOG.add("begun " + i);
                            workHere();
                            return i;
                        }))
                        .toList();
                Weft.sleep(Duration.ofMillis(450));
                nodes.network().crash("b");
                int lost = 0;
                for (int i = 0; i < count; i++) {
                    Greenlet<Integer> task = tasks.get(i);
                    Weft.joinAll(List.of(task));
                    int begins = Collections.frequency(LOG, "begun " + i);
                    if (task.outcome() instanceof Outcome.Returned<Integer> returned) {
                        assertEquals(i, returned.value());
                        assertEquals(1, begins);
                    } else {
                        assertTrue(assertThrows(NodeLost.class, task::join).begun() != Begun.NO);
                        assertTrue(begins <= 1);
                        lost++;
                    }
                }
                assertTrue(lost > 0 && lost <= 2 * 3, "lost: " + lost);
                assertEquals(count, workers.statistics().completed());
            }
        });
    }

    @Test
    void aTaskThatHasNotBegunGoesToAnotherNode() {
        underSeeds(nodes -> {
            try (Workers workers = Workers.builder(2).nodes(nodes.a())) {
                nodes.c().close();
                ThreeNodes.pause();
                nodes.network().detection(Duration.ofMinutes(1)).stop("b");
                byte[] ballast = new byte[64 * 1024];
                List<Greenlet<?>> sent = new ArrayList<>();
                for (int i = 0; i < 2 * Outbox.WINDOW / ballast.length; i++) {
                    Greenlet<?> one = nodes.bOfA().spawn(() -> ballast.length).greenlet();
                    one.toFuture(); // it will fail
                    sent.add(one);
                }
                ThreeNodes.pause();
                Greenlet<String> here = workers.submit(() -> workHere());
                Greenlet<String> there = workers.submit(() -> workHere());
                assertEquals(List.of("a", "a"), List.of(here.join(), there.join()));
                sent.forEach(task -> assertThrows(NodeLost.class, task::join));
            }
        });
    }

    @Test
    void aTaskThatFailsBecauseAThirdNodeIsLostIsNotRunAgain() {
        underSeeds(nodes -> {
            nodes.c().close();
            ThreeNodes.pause();
            NodeId lost = nodes.c().self().id();
            try (Workers workers = Workers.builder(1).nodes(nodes.a())) {
                assertThrows(
                        NodeLost.class,
                        () -> workers.call(() -> {
                            LOG.add("begun");
                            Cluster.current().node(lost).call(() -> LOG.add("never"));
                        }));
                assertEquals(List.of("begun"), LOG);
            }
        });
    }
}
