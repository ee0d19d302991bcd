package dev.weft.io.names;

import static dev.weft.io.names.HangingNames.untilAsked;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.io.NoDescriptorLeaks;
import dev.weft.io.SocketContract;
import dev.weft.lowlevel.Suspension;
import dev.weft.testing.NoGreenletLeaks;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolverProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Look-ups by those who are no greenlets, or wait where none can be set aside. */
@Timeout(30)
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
final class HostNamesElsewhereTest {
    @Test
    void otherThreadsAskForThemselves() throws Exception {
        try (LoopGroup group = LoopGroup.open()) {
            assertTrue(group.loops().size() == 1);
            String platform = StagedNames.fresh("known");
            InetAddress.getByName(platform);
            assertSame(Thread.currentThread(), StagedNames.askedFor(platform).get(0));
            String virtual = StagedNames.fresh("known");
            Thread thread = Thread.ofVirtual().start(() -> ask(virtual));
            thread.join();
            assertSame(thread, StagedNames.askedFor(virtual).get(0));
        }
    }

    @Test
    void otherThreadsAskSideBySide() throws Exception {
        List<String> hosts = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        try (StagedNames.Hang hang = new StagedNames.Hang()) {
            for (int i = 0; i < 2 * ResolverCalls.THREADS; i++) {
                String host = StagedNames.fresh("hang");
                hosts.add(host);
                threads.add(Thread.ofPlatform().start(() -> ask(host)));
            }
            for (int i = 0; i < hosts.size(); i++) {
                while (StagedNames.askedFor(hosts.get(i)).isEmpty()) {
                    Thread.onSpinWait();
                }
                assertSame(threads.get(i), StagedNames.askedFor(hosts.get(i)).get(0));
            }
            assertTrue(hang.isAsked());
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void aThreadAndAGreenletMayAskForTheSame() throws Exception {
        String host = StagedNames.fresh("hang");
        try (StagedNames.Hang hang = new StagedNames.Hang(host)) {
            Thread thread = Thread.ofPlatform().start(() -> ask(host));
            while (!hang.isAsked()) {
                Thread.onSpinWait();
            }
            SocketContract.onLoop(() -> {
                Greenlet<InetAddress> inet = Weft.spawn(() -> InetAddress.getByName(host));
                Greenlet<List<InetAddress>> names = Weft.spawn(() -> HostNames.lookUp(host));
                SocketContract.untilWaiting(inet);
                SocketContract.untilWaiting(names);
                hang.letGo();
                assertEquals(inet.join(), names.join().get(0));
            });
            thread.join();
        }
    }

    private static void ask(String host) {
        try {
            InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aCallbackAsksForItself() throws Exception {
        String host = StagedNames.fresh("known");
        try (LoopGroup group = LoopGroup.open()) {
            Loop loop = group.next();
            CompletableFuture<InetAddress> found = new CompletableFuture<>();
            CompletableFuture<Thread> carrier = new CompletableFuture<>();
            Suspension.post(loop, () -> {
                carrier.complete(Thread.currentThread());
                try {
                    found.complete(InetAddress.getByName(host));
                } catch (UnknownHostException e) {
                    found.completeExceptionally(e);
                }
            });
            assertEquals("127.0.0.1", found.get(10, TimeUnit.SECONDS).getHostAddress());
            assertSame(carrier.get(), StagedNames.askedFor(host).get(0));
        }
    }

    @Test
    void namesIsForGreenlets() {
        assertThrows(IllegalStateException.class, () -> HostNames.lookUp("127.0.0.1"));
    }

    /** Its initialiser asks for a name, which pins the stack of the greenlet. */
    private static final class AsksAtItsStart {
        static final String HOST = StagedNames.fresh("known");
        static final String ADDRESS;

        static {
            try {
                ADDRESS = InetAddress.getByName(HOST).getHostAddress();
            } catch (UnknownHostException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private AsksAtItsStart() {}
    }

    @Test
    void aPinnedGreenletGetsItsAnswer() throws Exception {
        SocketContract.onLoop(() -> assertEquals("127.0.0.1", AsksAtItsStart.ADDRESS));
    }

    @Test
    void aVirtualThreadThatAGreenletStartsAsksAsAGreenlet() throws Exception {
        String host = StagedNames.fresh("hang");
        try (StagedNames.Hang hang = new StagedNames.Hang(host)) {
            SocketContract.onLoop(() -> {
                CountDownLatch done = new CountDownLatch(1);
                Thread.startVirtualThread(() -> {
                    ask(host);
                    done.countDown();
                });
                untilAsked(hang);
                hang.letGo();
                done.await();
                assertEquals(
                        "weft look-up of " + host,
                        StagedNames.askedFor(host).get(0).getName());
            });
        }
    }

    @Test
    void theJdkFindsTheResolver() {
        assertTrue(ServiceLoader.load(InetAddressResolverProvider.class).stream()
                .anyMatch(provider -> provider.type() == GreenletResolverProvider.class));
    }
}
