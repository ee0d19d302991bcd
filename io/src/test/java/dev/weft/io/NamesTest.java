package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.sync.Select;
import dev.weft.testing.NoGreenletLeaks;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolverProvider;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Look-ups of names: {@link InetAddress} in a greenlet, {@link Names}, and a name server that hangs. */
@Timeout(30)
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
final class NamesTest {
    private static final Duration SOON = SocketContract.SOON;

    /** The two ways to ask. */
    private enum Way {
        INET_ADDRESS {
            @Override
            InetAddress ask(String host) throws UnknownHostException {
                return InetAddress.getByName(host);
            }
        },
        NAMES {
            @Override
            InetAddress ask(String host) throws UnknownHostException {
                return Names.lookUp(host).get(0);
            }
        };

        abstract InetAddress ask(String host) throws UnknownHostException;
    }

    @FunctionalInterface
    private interface WayBody {
        void run(Way way, String host, StagedNames.Hang hang) throws Exception;
    }

    /** Runs {@code body} in a greenlet, for both ways, each with a name for which the server hangs. */
    private static void whileTheServerHangs(WayBody body) throws Exception {
        for (Way way : Way.values()) {
            String host = StagedNames.fresh("hang");
            try (StagedNames.Hang hang = new StagedNames.Hang(host)) {
                SocketContract.onLoop(() -> body.run(way, host, hang));
            }
        }
    }

    /** Lets others run until the server has been asked. */
    private static void untilAsked(StagedNames.Hang hang) {
        while (!hang.isAsked()) {
            Weft.yieldNow();
        }
    }

    /** Lets what is ready run, and what that makes ready. */
    private static void letOthersRun() {
        for (int i = 0; i < 100; i++) {
            Weft.yieldNow();
        }
    }

    private static Greenlet<InetAddress> asking(Way way, String host, StagedNames.Hang hang) {
        Greenlet<InetAddress> asking = Weft.spawn(() -> way.ask(host));
        untilAsked(hang);
        return asking;
    }

    // ---- waiting
    // -----------------------------------------------------------------------------------------------------

    @Test
    void aLookUpYields() throws Exception {
        whileTheServerHangs((way, host, hang) -> {
            Greenlet<InetAddress> asking = asking(way, host, hang);
            SocketContract.untilWaiting(asking);
            assertEquals("look-up of " + host, asking.waitingOn());
            hang.letGo();
            assertEquals("127.0.0.1", asking.join().getHostAddress());
            Thread asked = StagedNames.askedFor(host).get(0);
            assertEquals("weft look-up of " + host, asked.getName());
            assertTrue(asked.isDaemon());
        });
    }

    @Test
    void socketAddressesAndTheLocalHostsNameYieldToo() throws Exception {
        String host = StagedNames.fresh("hang");
        try (StagedNames.Hang hang = new StagedNames.Hang(host)) {
            SocketContract.onLoop(() -> {
                Greenlet<InetSocketAddress> asking = Weft.spawn(() -> new InetSocketAddress(host, 80));
                untilAsked(hang);
                assertFalse(asking.state().isDone());
                hang.letGo();
                assertFalse(asking.join().isUnresolved());
            });
        }
    }

    @Test
    void aThousandWhoAskForOneNameMakeOneCall() throws Exception {
        whileTheServerHangs((way, host, hang) -> {
            List<Greenlet<InetAddress>> asking = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                asking.add(Weft.spawn(() -> way.ask(host)));
            }
            untilAsked(hang);
            asking.forEach(SocketContract::untilWaiting);
            hang.letGo();
            for (Greenlet<InetAddress> each : asking) {
                assertEquals("127.0.0.1", each.join().getHostAddress());
            }
            assertEquals(1, StagedNames.askedFor(host).size());
        });
    }

    @Test
    void greenletsOfSeveralLoopsShareACall() throws Exception {
        String host = StagedNames.fresh("hang");
        try (StagedNames.Hang hang = new StagedNames.Hang(host);
                LoopGroup one = LoopGroup.open();
                LoopGroup other = LoopGroup.open()) {
            Greenlet<List<InetAddress>> first = one.spawn(() -> Names.lookUp(host));
            Greenlet<List<InetAddress>> second = other.spawn(() -> Names.lookUp(host));
            Greenlet<InetAddress> third = other.spawn(() -> InetAddress.getByName(host));
            while (!hang.isAsked()) {
                Thread.onSpinWait();
            }
            assertTrue(first.killAndJoin(SocketContract.LONG));
            while (other.next().greenlets().stream()
                    .noneMatch(each -> each != second && each.waitingOn().equals("look-up of " + host))) {
                Thread.onSpinWait(); // until one of the other loop is inside the resolver
            }
            hang.letGo();
            assertEquals(second.join().get(0), third.join());
            assertEquals(1, StagedNames.askedFor(host).size());
        }
    }

    @Test
    void aNameThatWasFoundIsNotAskedForAgain() throws Exception {
        SocketContract.onLoop(() -> {
            String host = StagedNames.fresh("known");
            assertEquals(Names.lookUp(host).get(0), InetAddress.getByName(host));
            assertEquals(Names.lookUp(host), List.of(InetAddress.getAllByName(host)));
            assertEquals(1, StagedNames.askedFor(host).size());
        });
    }

    @Test
    void aLookUpIsAClauseOfASelect() throws Exception {
        String host = StagedNames.fresh("hang");
        try (StagedNames.Hang hang = new StagedNames.Hang(host)) {
            SocketContract.onLoop(() -> {
                assertEquals(
                        "late",
                        Weft.select(
                                Select.on(
                                        Names.lookingUp(host),
                                        found -> found.get(0).getHostAddress()),
                                Select.after(SOON, () -> "late")));
                hang.letGo();
                assertEquals(
                        "127.0.0.1",
                        Weft.select(
                                Select.on(
                                        Names.lookingUp(host),
                                        found -> found.get(0).getHostAddress()),
                                Select.after(SocketContract.LONG, () -> "late")));
            });
        }
    }

    @Test
    void addressesAsTextNeedNoThread() throws Exception {
        SocketContract.onLoop(() -> {
            for (String text : List.of("127.0.0.1", "::1", "[::1]", "10.1.2.3", "fe80::1")) {
                InetAddress address = Names.lookUp(text).get(0);
                assertEquals(address, InetAddress.getByName(text));
            }
            assertTrue(Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith("weft look-up of [")));
        });
    }

    // ---- leaving
    // -----------------------------------------------------------------------------------------------------

    @Test
    void theKilledLeaveTheLookUpToTheOthers() throws Exception {
        whileTheServerHangs((way, host, hang) -> {
            Greenlet<InetAddress> first = asking(way, host, hang);
            Greenlet<InetAddress> second = Weft.spawn(() -> way.ask(host));
            SocketContract.untilWaiting(second);
            first.kill();
            assertThrows(Cancelled.class, first::join);
            assertInstanceOf(Outcome.Cancelled.class, first.outcome());
            letOthersRun();
            assertFalse(second.state().isDone());
            hang.letGo();
            assertEquals("127.0.0.1", second.join().getHostAddress());
            assertEquals(1, StagedNames.askedFor(host).size());
        });
    }

    @Test
    void aKillIsNotTakenForAnUnknownHostByThoseWhoComeLater() throws Exception {
        whileTheServerHangs((way, host, hang) -> {
            Greenlet<InetAddress> killed = asking(way, host, hang);
            killed.kill();
            assertThrows(Cancelled.class, killed::join);
            Greenlet<InetAddress> later = Weft.spawn(() -> way.ask(host));
            letOthersRun();
            hang.letGo();
            assertEquals("127.0.0.1", later.join().getHostAddress());
            assertEquals(1, StagedNames.askedFor(host).size());
        });
    }

    @Test
    void theDeadlineOfTheScopeApplies() throws Exception {
        whileTheServerHangs((way, host, hang) -> {
            DeadlineExceeded exceeded =
                    assertThrows(DeadlineExceeded.class, () -> Weft.withTimeout(SOON, () -> way.ask(host)));
            assertEquals(SOON, exceeded.timeout());
            hang.letGo();
            assertEquals("127.0.0.1", way.ask(host).getHostAddress());
        });
    }

    @Test
    void inetAddressThrowsAnInterruptedIoExceptionForTheCancelled() throws Exception {
        String host = StagedNames.fresh("hang");
        try (StagedNames.Hang hang = new StagedNames.Hang(host)) {
            SocketContract.onLoop(() -> {
                Greenlet<Throwable> asking =
                        Weft.spawn(() -> assertThrows(InterruptedIOException.class, () -> InetAddress.getByName(host)));
                untilAsked(hang);
                asking.kill("enough");
                Throwable thrown = asking.join();
                assertInstanceOf(Cancelled.class, thrown.getCause());
                assertTrue(thrown.toString().contains(host) && thrown.toString().contains("enough"), thrown::toString);
            });
        }
    }

    @Test
    void namesHasADeadlineOfItsOwn() throws Exception {
        String host = StagedNames.fresh("hang");
        try (StagedNames.Hang hang = new StagedNames.Hang(host)) {
            SocketContract.onLoop(() -> {
                DeadlineExceeded exceeded = assertThrows(DeadlineExceeded.class, () -> Names.lookUp(host, SOON));
                assertTrue(exceeded.toString().contains("look-up of " + host), exceeded::toString);
                hang.letGo();
            });
        }
    }

    /** The JDK has all but one wait for a lock, which knows no deadline. */
    @Test
    void namesLeavesAtTheDeadlineWhileOthersAskForTheSame() throws Exception {
        whileTheServerHangs((way, host, hang) -> {
            Greenlet<InetAddress> patient = asking(way, host, hang);
            assertThrows(DeadlineExceeded.class, () -> Names.lookUp(host, SOON));
            Greenlet<List<InetAddress>> killed = Weft.spawn(() -> Names.lookUp(host));
            SocketContract.untilWaiting(killed);
            killed.kill();
            assertThrows(Cancelled.class, killed::join);
            assertFalse(patient.state().isDone());
            hang.letGo();
            assertEquals("127.0.0.1", patient.join().getHostAddress());
        });
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        whileTheServerHangs((way, host, hang) -> {
            Greenlet<InetAddress> asking = asking(way, host, hang);
            SocketContract.untilWaiting(asking);
            asking.thread().interrupt();
            assertThrows(Exception.class, asking::join);
            assertTrue(hang.isAsked());
        });
    }

    @Test
    void anAtomicRegionRefusesTheWaitAndTheHostIsNotTakenForUnknown() throws Exception {
        String host = StagedNames.fresh("hang");
        try (StagedNames.Hang hang = new StagedNames.Hang(host)) {
            SocketContract.onLoop(() -> {
                Throwable refused = assertThrows(Throwable.class, () -> Weft.atomic(() -> InetAddress.getByName(host)));
                assertInstanceOf(IllegalStateException.class, refused.getCause());
                hang.letGo();
                assertEquals("127.0.0.1", InetAddress.getByName(host).getHostAddress());
            });
        }
    }

    @Test
    void closingALoopLeavesLookUpsThatHang() throws Exception {
        String host = StagedNames.fresh("hang");
        try (StagedNames.Hang hang = new StagedNames.Hang(host)) {
            LoopGroup group = LoopGroup.open();
            List<Greenlet<?>> asking = new ArrayList<>();
            asking.add(group.spawn(() -> Names.lookUp(host)));
            for (int i = 0; i < 3; i++) {
                asking.add(group.spawn(() -> InetAddress.getByName(host)));
            }
            while (!hang.isAsked()) {
                Thread.onSpinWait();
            }
            group.close();
            asking.forEach(each -> assertInstanceOf(Outcome.Cancelled.class, each.outcome()));
        }
    }

    // ---- answers
    // -----------------------------------------------------------------------------------------------------

    @Test
    void aFailureIsToldToAllWhoWait() throws Exception {
        for (Way way : Way.values()) {
            String host = StagedNames.fresh("nobody");
            try (StagedNames.Hang hang = new StagedNames.Hang(host)) {
                SocketContract.onLoop(() -> {
                    Greenlet<InetAddress> first = asking(way, host, hang);
                    Greenlet<InetAddress> second = Weft.spawn(() -> way.ask(host));
                    SocketContract.untilWaiting(second);
                    hang.letGo();
                    UnknownHostException one = assertThrows(UnknownHostException.class, first::join);
                    UnknownHostException other = assertThrows(UnknownHostException.class, second::join);
                    assertNotSame(one, other);
                    assertTrue(one.toString().contains(host), one::toString);
                    assertTrue(other.toString().contains(host), other::toString);
                    assertEquals(1, StagedNames.askedFor(host).size());
                });
            }
        }
    }

    @Test
    void anUnknownHostIsRememberedForAWhile() throws Exception {
        SocketContract.onLoop(() -> {
            String host = StagedNames.fresh("nobody");
            assertThrows(UnknownHostException.class, () -> Names.lookUp(host));
            assertThrows(UnknownHostException.class, () -> Names.lookUp(host));
            assertThrows(UnknownHostException.class, () -> InetAddress.getByName(host));
            assertEquals(1, StagedNames.askedFor(host).size());
        });
    }

    @Test
    void theNameOfAnAddressIsLookedUpElsewhere() throws Exception {
        for (String address : List.of("127.7.0.1", "127.7.0.2")) {
            try (StagedNames.Hang hang = new StagedNames.Hang(address)) {
                SocketContract.onLoop(() -> {
                    boolean canonical = address.endsWith("1");
                    List<Greenlet<String>> asking = new ArrayList<>();
                    for (int i = 0; i < 10; i++) {
                        InetAddress unnamed = InetAddress.ofLiteral(address);
                        asking.add(
                                Weft.spawn(() -> canonical ? unnamed.getCanonicalHostName() : unnamed.getHostName()));
                    }
                    untilAsked(hang);
                    asking.forEach(SocketContract::untilWaiting);
                    assertEquals(
                            "look-up of the name of " + address, asking.get(0).waitingOn());
                    asking.get(0).kill();
                    assertThrows(Cancelled.class, asking.get(0)::join);
                    hang.letGo();
                    for (Greenlet<String> each : asking.subList(1, 10)) {
                        assertEquals("host-" + address + ".staged", each.join());
                    }
                    assertEquals(1, StagedNames.askedFor(address).size());
                });
            }
        }
    }

    // ---- bounds
    // ------------------------------------------------------------------------------------------------------

    @Test
    void aServerThatHangsHoldsSixteenThreadsAndNoOthers() throws Exception {
        String queued = StagedNames.fresh("known");
        String given = StagedNames.fresh("known");
        try (StagedNames.Hang hang = new StagedNames.Hang()) {
            SocketContract.onLoop(() -> {
                String found = StagedNames.fresh("known");
                Names.lookUp(found);
                List<Greenlet<?>> hanging = new ArrayList<>();
                for (int i = 0; i < 3 * LookUps.THREADS; i++) {
                    String host = StagedNames.fresh("hang");
                    hanging.add(Weft.spawn(() -> InetAddress.getByName(host)));
                }
                while (threads() < LookUps.THREADS) {
                    Weft.yieldNow();
                }
                Greenlet<?> givenUp = Weft.spawn(() -> Names.lookUp(given));
                Greenlet<List<InetAddress>> last = Weft.spawn(() -> Names.lookUp(queued));
                letOthersRun();
                assertFalse(last.state().isDone());
                assertEquals(LookUps.THREADS, threads());
                assertEquals("off-loaded", Weft.offload(() -> "off-loaded"));
                assertEquals("127.0.0.1", Names.lookUp(found).get(0).getHostAddress());
                assertEquals("127.0.0.2", Names.lookUp("127.0.0.2").get(0).getHostAddress());
                givenUp.kill();
                assertFalse(Weft.joinAll(List.of(last), SOON));
                hang.letGo();
                assertEquals("127.0.0.1", last.join().get(0).getHostAddress());
                Weft.joinAll(hanging);
                assertEquals(1, StagedNames.askedFor(queued).size());
                assertEquals(0, StagedNames.askedFor(given).size(), "nobody wanted to know any more");
            });
        }
    }

    @Test
    void oneNameThatHangsHoldsOneThread() throws Exception {
        whileTheServerHangs((way, host, hang) -> {
            asking(way, host, hang).kill();
            for (int i = 0; i < 50; i++) {
                Greenlet<InetAddress> asking = Weft.spawn(() -> way.ask(host));
                SocketContract.untilWaiting(asking);
                assertTrue(asking.killAndJoin(SocketContract.LONG));
            }
            assertEquals(1, StagedNames.askedFor(host).size());
            assertEquals("127.0.0.1", way.ask(StagedNames.fresh("known")).getHostAddress(), "other names are answered");
        });
    }

    /** How many look-ups have a thread now. */
    private static int threads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("weft look-up of hang"))
                .count();
    }

    // ---- others
    // ------------------------------------------------------------------------------------------------------

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
            for (int i = 0; i < 2 * LookUps.THREADS; i++) {
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
                Greenlet<List<InetAddress>> names = Weft.spawn(() -> Names.lookUp(host));
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
            loop.execute(() -> {
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
        assertThrows(IllegalStateException.class, () -> Names.lookUp("127.0.0.1"));
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
