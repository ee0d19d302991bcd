package dev.weft.io.names;

import static dev.weft.io.names.HangingNames.asking;
import static dev.weft.io.names.HangingNames.letOthersRun;
import static dev.weft.io.names.HangingNames.untilAsked;
import static dev.weft.io.names.HangingNames.whileTheServerHangs;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.LoopGroup;
import dev.weft.Weft;
import dev.weft.io.NoDescriptorLeaks;
import dev.weft.io.SocketContract;
import dev.weft.sync.Select;
import dev.weft.testing.NoGreenletLeaks;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Look-ups of names: {@link InetAddress} in a greenlet, {@link HostNames}, and a name server that hangs. */
@Timeout(30)
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
final class HostNamesTest {
    private static final Duration SOON = SocketContract.SOON;

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
            Greenlet<List<InetAddress>> first = one.spawn(() -> HostNames.lookUp(host));
            Greenlet<List<InetAddress>> second = other.spawn(() -> HostNames.lookUp(host));
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
            assertEquals(HostNames.lookUp(host).get(0), InetAddress.getByName(host));
            assertEquals(HostNames.lookUp(host), List.of(InetAddress.getAllByName(host)));
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
                                        HostNames.lookingUp(host),
                                        found -> found.get(0).getHostAddress()),
                                Select.after(SOON, () -> "late")));
                hang.letGo();
                assertEquals(
                        "127.0.0.1",
                        Weft.select(
                                Select.on(
                                        HostNames.lookingUp(host),
                                        found -> found.get(0).getHostAddress()),
                                Select.after(SocketContract.LONG, () -> "late")));
            });
        }
    }

    @Test
    void addressesAsTextNeedNoThread() throws Exception {
        SocketContract.onLoop(() -> {
            for (String text : List.of("127.0.0.1", "::1", "[::1]", "10.1.2.3", "fe80::1")) {
                InetAddress address = HostNames.lookUp(text).get(0);
                assertEquals(address, InetAddress.getByName(text));
            }
            assertTrue(Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith("weft look-up of [")));
        });
    }

    @Test
    void aFailureIsToldToAllWhoWait() throws Exception {
        for (HangingNames.LookupForm way : HangingNames.LookupForm.values()) {
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
            assertThrows(UnknownHostException.class, () -> HostNames.lookUp(host));
            assertThrows(UnknownHostException.class, () -> HostNames.lookUp(host));
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

    @Test
    void aServerThatHangsHoldsSixteenThreadsAndNoOthers() throws Exception {
        String queued = StagedNames.fresh("known");
        String given = StagedNames.fresh("known");
        try (StagedNames.Hang hang = new StagedNames.Hang()) {
            SocketContract.onLoop(() -> {
                String found = StagedNames.fresh("known");
                HostNames.lookUp(found);
                List<Greenlet<?>> hanging = new ArrayList<>();
                for (int i = 0; i < 3 * ResolverCalls.THREADS; i++) {
                    String host = StagedNames.fresh("hang");
                    hanging.add(Weft.spawn(() -> InetAddress.getByName(host)));
                }
                while (threads() < ResolverCalls.THREADS) {
                    Weft.yieldNow();
                }
                Greenlet<?> givenUp = Weft.spawn(() -> HostNames.lookUp(given));
                Greenlet<List<InetAddress>> last = Weft.spawn(() -> HostNames.lookUp(queued));
                letOthersRun();
                assertFalse(last.state().isDone());
                assertEquals(ResolverCalls.THREADS, threads());
                assertEquals("off-loaded", Weft.offload(() -> "off-loaded"));
                assertEquals("127.0.0.1", HostNames.lookUp(found).get(0).getHostAddress());
                assertEquals("127.0.0.2", HostNames.lookUp("127.0.0.2").get(0).getHostAddress());
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
}
