package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Action;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.Weft;
import dev.weft.actor.Owner;
import dev.weft.actor.OwnerEnded;
import dev.weft.supervisor.Monitor;
import dev.weft.sync.Event;
import dev.weft.testing.NoGreenletLeaks;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Random programs of three nodes, with links, monitors, names, messages and faults of the network, and what must hold in all: each
 * monitor is told once, no message comes twice or out of order, few are on their way, a name has one holder, and all ends.
 */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(120)
final class SchedulesTest {
    private static final int STEPS = 12;

    @Test
    void whatErlangPromisesHoldsInAThousandSchedules() {
        ThreeNodes.underSeeds(1000, nodes -> new Program(nodes).run());
    }

    @Test
    @Tag("long")
    @Timeout(900)
    void whatErlangPromisesHoldsInTenThousandSchedules() {
        ThreeNodes.underSeeds(10_000, nodes -> new Program(nodes).run());
    }

    /** One program, whose steps follow from the seed. */
    private static final class Program {
        private final ThreeNodes nodes;
        private final Random random;
        private final List<Cluster> all;
        private final List<Target> targets = new ArrayList<>();
        private final List<Greenlet<?>> running = new ArrayList<>();
        private final List<int[]> monitors = new ArrayList<>(); // how often each was told
        private final List<Publication> publications = new ArrayList<>();
        private int senders;

        Program(ThreeNodes nodes) {
            this.nodes = nodes;
            random = new Random(nodes.seed());
            all = new ArrayList<>(List.of(nodes.a(), nodes.b(), nodes.c()));
        }

        void run() {
            for (int i = 0; i < STEPS; i++) {
                step();
                Weft.sleep(Duration.ofMillis(random.nextInt(700)));
            }
            nodes.network().heal();
            ThreeNodes.settle();
            ThreeNodes.settle();
            checkNames();
            for (Target target : targets) {
                target.open.set();
                target.owner.kill("the end");
            }
            ThreeNodes.settle();
            running.forEach(greenlet ->
                    assertTrue(greenlet.state().isDone(), () -> greenlet + " hangs: " + greenlet.waitingOn()));
            monitors.forEach(told -> assertEquals(1, told[0]));
            targets.forEach(Target::check);
        }

        private Cluster node() {
            return all.get(random.nextInt(all.size()));
        }

        private void step() {
            switch (random.nextInt(12)) {
                case 0, 1 -> targets.add(new Target(node()));
                case 2, 3, 4 -> withRef((node, ref) -> send(ref));
                case 5, 6 -> withRef((node, ref) -> monitor(ref));
                case 7 -> withRef((node, ref) -> link(ref));
                case 8, 9 -> publish();
                case 10 -> end();
                default -> disturb();
            }
        }

        private interface Use {
            void apply(Cluster node, Ref<Message> ref);
        }

        private void withRef(Use use) {
            if (!targets.isEmpty()) {
                Target target = targets.get(random.nextInt(targets.size()));
                Cluster node = node();
                use.apply(node, ThreeNodes.at(node, target.ref));
            }
        }

        private void spawn(Action body) {
            running.add(Weft.spawn(() -> {
                try {
                    body.run();
                } catch (NodeLost | OwnerEnded | TargetEnded | DeadlineExceeded | NameTaken | IllegalStateException e) {
                    // as may be
                }
            }));
        }

        private void send(Ref<Message> ref) {
            int sender = senders++;
            int count = random.nextInt(3) == 0 ? 600 : 30;
            spawn(() -> {
                for (int i = 0; i < count; i++) {
                    Message message = new Message(sender, i);
                    if (i % 7 == 3) {
                        assertEquals(i, ref.ask(message, Integer.class, Duration.ofSeconds(20)));
                    } else {
                        ref.tell(message);
                    }
                }
            });
        }

        private void monitor(Ref<Message> ref) {
            int[] told = {0};
            monitors.add(told);
            Greenlet<?> standIn = ref.greenlet();
            spawn(() -> {
                Monitor.of(standIn).await();
                told[0]++;
            });
        }

        private void link(Ref<Message> ref) {
            Duration life = Duration.ofMillis(random.nextInt(3000));
            boolean fails = random.nextBoolean();
            spawn(() -> {
                Loop.Handle link = ref.link();
                Weft.sleep(life);
                if (fails) {
                    Greenlet.current().kill("a linked one ends");
                    Weft.sleep(life);
                }
                link.close();
            });
        }

        private void publish() {
            if (!targets.isEmpty()) {
                Target target = targets.get(random.nextInt(targets.size()));
                String name = "name " + random.nextInt(2);
                boolean isShort = random.nextInt(3) == 0;
                if (!all.contains(target.node)) {
                    return;
                }
                spawn(() -> {
                    Publication publication = target.node.publish(name, target.ref);
                    publications.add(publication);
                    if (isShort) {
                        Weft.sleep(Duration.ofMillis(300));
                        publication.close();
                    }
                });
            }
        }

        private void end() {
            if (!targets.isEmpty()) {
                Target target = targets.get(random.nextInt(targets.size()));
                if (random.nextBoolean()) {
                    target.owner.kill("by chance");
                } else {
                    target.open.set();
                    target.owner.stop();
                }
            }
        }

        private void disturb() {
            List<String> names = all.stream().map(node -> node.self().name()).toList();
            String one = names.get(random.nextInt(names.size()));
            String other = names.get(random.nextInt(names.size()));
            switch (random.nextInt(6)) {
                case 0 -> nodes.network().cutOneWay(one, other);
                case 1 -> nodes.network().cut(one, other);
                case 2 -> nodes.network().partition(Set.of(one));
                case 3 -> {
                    nodes.network().stop(one);
                    Weft.sleep(Duration.ofMillis(random.nextInt(2500)));
                    nodes.network().resume(one);
                }
                case 4 -> {
                    if (all.size() > 2) {
                        Cluster leaving = node();
                        all.remove(leaving);
                        leaving.close();
                    }
                }
                default -> nodes.network().heal();
            }
        }

        /** In the stable view of the end, all nodes know the same holders, and no other publication is open. */
        private void checkNames() {
            Set<String> known = new HashSet<>(all.get(0).names().value().keySet());
            for (Cluster node : all) {
                assertEquals(all.get(0).names().value(), node.names().value());
            }
            List<String> open = publications.stream()
                    .filter(Publication::isOpen)
                    .map(Publication::name)
                    .toList();
            assertEquals(known.size(), open.size(), () -> "known: " + known + ", open: " + open);
            assertEquals(known, open.stream().collect(Collectors.toSet()));
        }
    }

    /** What a sender sends. */
    record Message(int sender, int number) implements Serializable {}

    /** An owner that records what it gets; it may be slow. */
    private static final class Target {
        private final Cluster node;
        private final Event open = new Event();
        private final List<Message> got = new ArrayList<>();
        private final Owner<List<Message>> owner;
        private final Ref<Message> ref;

        Target(Cluster node) {
            this.node = node;
            owner = Owner.builder("target").capacity(20).start(() -> got);
            ref = node.refer(owner, (list, message) -> {
                if (message.number() == 100) {
                    Weft.sleep(ThreeNodes.SECOND);
                }
                list.add(message);
                return message.number();
            });
        }

        void check() {
            assertEquals(got.size(), new HashSet<>(got).size(), "a message came twice");
            Map<Integer, Integer> last = new HashMap<>();
            for (Message message : got) {
                Integer before = last.put(message.sender(), message.number());
                assertTrue(before == null || before < message.number(), "out of order");
            }
        }
    }
}
