package dev.weft.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Weft;
import dev.weft.sync.Channel;
import dev.weft.testing.NoGreenletLeaks;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A million messages from another JVM to a slow reader. */
@ExtendWith(NoGreenletLeaks.class)
@Timeout(300)
final class MillionMessagesTest {
    private static final int MESSAGES = 1_000_000;
    private static final int BETWEEN_LOOKS = 100_000;
    private static final long MAX_MEGABYTES = 60; // the messages have 100

    @Test
    @Tag("long")
    void arriveInOrderWithFlatMemoryAtBothEnds() throws Exception {
        Weft.run(() -> {
            TcpConfig tcp = TcpConfig.on("127.0.0.1", 0).nodeName("a");
            try (Cluster a = Cluster.join("test", ClusterConfig.over(tcp))) {
                InetSocketAddress address = a.address().orElseThrow();
                try (ChildNode b = ChildNode.start("b", "127.0.0.1:" + address.getPort())) {
                    b.expect("joined");
                    long before = ChildNode.usedMegabytes();
                    Channel<byte[]> in = Channel.buffered(16);
                    b.tell("flood " + ChildNode.toText(a, a.channel(in)) + " " + MESSAGES);
                    int next = 0;
                    for (byte[] message : in) {
                        assertEquals(next++, ByteBuffer.wrap(message).getInt());
                        if (next % BETWEEN_LOOKS == 0) {
                            Weft.sleep(Duration.ofMillis(500)); // slow
                            long here = ChildNode.usedMegabytes() - before;
                            b.tell("heap");
                            long there = Long.parseLong(b.expect("heap"));
                            assertTrue(here < MAX_MEGABYTES && there < MAX_MEGABYTES, here + " and " + there + " MB");
                        }
                    }
                    assertEquals(MESSAGES, next);
                }
            }
        });
    }
}
