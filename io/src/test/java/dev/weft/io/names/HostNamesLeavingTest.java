package dev.weft.io.names;

import static dev.weft.io.names.HangingNames.asking;
import static dev.weft.io.names.HangingNames.letOthersRun;
import static dev.weft.io.names.HangingNames.untilAsked;
import static dev.weft.io.names.HangingNames.whileTheServerHangs;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.DeadlineExceeded;
import dev.weft.Greenlet;
import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.Outcome;
import dev.weft.Weft;
import dev.weft.io.NoDescriptorLeaks;
import dev.weft.io.SocketContract;
import dev.weft.testing.NoGreenletLeaks;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Greenlets that no longer wait for a look-up, while the name server hangs. */
@Timeout(30)
@ExtendWith({NoGreenletLeaks.class, NoDescriptorLeaks.class})
final class HostNamesLeavingTest {
    private static final Duration SOON = SocketContract.SOON;

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
    void theGreenletOfALookUpIsSpawnedWhereItsCallerAsked() throws Exception {
        whileTheServerHangs((form, host, hang) -> {
            Greenlet<InetAddress> asking = asking(form, host, hang);
            for (Greenlet<?> greenlet : Loop.current().greenlets()) {
                if (greenlet.name().startsWith("look-up of ")) {
                    assertEquals(
                            HangingNames.class.getName(),
                            greenlet.spawnSite().getClassName().replaceAll("\\$.*", ""));
                }
            }
            hang.letGo();
            asking.join();
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
                DeadlineExceeded exceeded = assertThrows(DeadlineExceeded.class, () -> HostNames.lookUp(host, SOON));
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
            assertThrows(DeadlineExceeded.class, () -> HostNames.lookUp(host, SOON));
            Greenlet<List<InetAddress>> killed = Weft.spawn(() -> HostNames.lookUp(host));
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
            asking.add(group.spawn(() -> HostNames.lookUp(host)));
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
}
