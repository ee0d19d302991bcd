package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.actor.Owner;
import dev.weft.testing.NoGreenletLeaks;
import java.time.Duration;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * For ten minutes, or as many as the property {@code soak.minutes} says, nodes join over TCP, ask, and leave while they ask. Each
 * question is answered once or fails.
 */
@ExtendWith(NoGreenletLeaks.class)
@Tag("long")
@Timeout(3600)
final class JoinsAndLeavesTest {
    private static final int GUESTS = 3;
    private static final int ASKERS = 16;

    /** Who was heard of what. Confined to the host's owner. */
    private static final class Ledger {
        private final BitSet heard = new BitSet();
        private long twice;

        long write(int question) {
            if (heard.get(question)) {
                twice++;
            }
            heard.set(question);
            return question;
        }
    }

    /** What became of the questions. Confined to the guests' loop. */
    private static final class Balance {
        private final BitSet answered = new BitSet();
        private int asked;
        private int failed;
        private int stays;
    }

    private static Cluster join(String name, int hostPort) throws Exception {
        TcpConfig tcp = TcpConfig.on("127.0.0.1", 0).nodeName(name);
        return Cluster.join("soak", ClusterConfig.over(hostPort == 0 ? tcp : tcp.peers("127.0.0.1:" + hostPort)));
    }

    @Test
    void eachQuestionIsAnsweredOnceOrFails() {
        long end = System.nanoTime()
                + Duration.ofMinutes(Long.getLong("soak.minutes", 10)).toNanos();
        Balance balance = new Balance();
        Ledger ledger = new Ledger();
        try (LoopGroup group = LoopGroup.open(2)) {
            group.loops().get(0).call(() -> {
                try (Cluster host = join("host", 0)) {
                    Owner<Ledger> owner = Owner.start("ledger", () -> ledger);
                    host.publish("ledger", owner, Ledger::write);
                    int port = host.address().orElseThrow().getPort();
                    Weft.await(group.loops()
                            .get(1)
                            .spawn(() -> Weft.scope(scope -> {
                                for (int guest = 0; guest < GUESTS; guest++) {
                                    Random random = new Random(guest);
                                    scope.spawn(() -> {
                                        while (System.nanoTime() < end) {
                                            visit(port, random, balance);
                                        }
                                    });
                                }
                            }))
                            .toFuture());
                    owner.stop(Duration.ofSeconds(10));
                }
            });
        }
        assertEquals(0, ledger.twice, "questions that came twice");
        assertEquals(balance.asked, balance.answered.cardinality() + balance.failed);
        BitSet unheard = (BitSet) balance.answered.clone();
        unheard.andNot(ledger.heard);
        assertTrue(unheard.isEmpty(), () -> "answered, but not heard: " + unheard);
        assertTrue(balance.stays >= GUESTS && balance.answered.cardinality() > 0, "nothing happened");
        System.out.println(
                balance.stays + " stays, " + balance.asked + " questions, " + balance.failed + " of them failed");
    }

    private static void visit(int port, Random random, Balance balance) throws Exception {
        Cluster guest = join("guest", port);
        Ref<Integer> ledger = guest.awaitName("ledger");
        Weft.scope(scope -> {
            for (int asker = 0; asker < ASKERS; asker++) {
                scope.spawn(() -> ask(ledger, balance));
            }
            Weft.sleep(Duration.ofMillis(random.nextInt(2_000)));
            guest.close();
        });
        balance.stays++;
    }

    private static void ask(Ref<Integer> ledger, Balance balance) {
        while (true) {
            int question = balance.asked++;
            try {
                assertEquals(question, ledger.ask(question, Long.class));
                balance.answered.set(question);
            } catch (NodeLost e) {
                balance.failed++;
                return;
            }
        }
    }
}
