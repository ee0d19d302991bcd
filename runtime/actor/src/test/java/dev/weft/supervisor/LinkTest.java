package dev.weft.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Cancelled;
import dev.weft.Greenlet;
import dev.weft.Greenlet.State;
import dev.weft.Weft;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Links and traps, as the chapters on processes and errors of Erlang's reference manual promise them. */
class LinkTest extends SupervisorFixture {

    /** A greenlet that ends as {@code end(name)} does. */
    private Greenlet<?> process(String name) {
        CompletableFuture<String> end = new CompletableFuture<>();
        ends.put(name, end);
        Greenlet<?> greenlet = stepped.loop().spawn(name, () -> Weft.await(end));
        greenlets.put(name, greenlet);
        stepped.runUntilIdle();
        return greenlet;
    }

    @AfterEach
    void expectTheFailuresThatNobodyJoined() {
        uncaught.removeIf(failure -> failure instanceof Broken);
    }

    @Test
    void aFailureKillsTheLinkedGreenletAndIsTheCause() {
        Link link = Link.between(process("a"), process("b"));
        crash("a");
        assertTrue(link.toString().endsWith("(removed)"), link::toString);
        Greenlet<?> b = greenlet("b");
        assertSame(State.CANCELLED, b.state());
        Cancelled thrown = assertThrows(Cancelled.class, b::join);
        assertTrue(thrown.toString().contains("it is linked to a, which failed with"), thrown::toString);
        assertInstanceOf(Broken.class, rootCause(thrown));
    }

    @Test
    void aLinkIsBidirectional() {
        Link.between(process("a"), process("b"));
        crash("b");
        assertSame(State.CANCELLED, greenlet("a").state());
    }

    @Test
    void aNormalExitHasNoEffect() {
        Link.between(process("a"), process("b"));
        finish("a");
        assertSame(State.WAITING, greenlet("b").state());
    }

    @Test
    void aKillSpreadsAlongLinks() {
        Link.between(process("a"), process("b"));
        Link.between(greenlet("b"), process("c"));
        greenlet("a").kill();
        stepped.runUntilIdle();
        assertSame(State.CANCELLED, greenlet("c").state());
    }

    @Test
    void theFirstFailureIsFoundAtTheEndOfAChain() {
        Link.between(process("a"), process("b"));
        Link.between(greenlet("b"), process("c"));
        crash("a");
        assertInstanceOf(Broken.class, rootCause(assertThrows(Cancelled.class, greenlet("c")::join)));
    }

    @Test
    void afterAnUnlinkNoSignalArrives() {
        Link link = Link.between(process("a"), process("b"));
        link.close();
        link.close();
        crash("a");
        assertSame(State.WAITING, greenlet("b").state());
    }

    @Test
    void anUnlinkStopsASignalThatIsOnItsWay() {
        Link link = Link.between(process("a"), process("b"));
        begin(() -> {
            greenlet("a").kill();
            link.close();
            return null;
        });
        assertSame(State.CANCELLED, greenlet("a").state());
        assertSame(State.WAITING, greenlet("b").state());
    }

    @Test
    void aLinkToOneThatHasFailedSignalsAtOnce() {
        process("a");
        crash("a");
        Link.between(process("b"), greenlet("a"));
        stepped.runUntilIdle();
        assertSame(State.CANCELLED, greenlet("b").state());
    }

    @Test
    void aGreenletIsNotLinkedWithItself() {
        Greenlet<?> a = process("a");
        assertThrows(IllegalArgumentException.class, () -> Link.between(a, a));
    }

    @Test
    void aGreenletThatTrapsExitsIsToldInstead() {
        process("a");
        process("b");
        Greenlet<Exit> trapping = begin(() -> {
            try (ExitTrap exits = ExitTrap.open()) {
                Link.to(greenlet("a"));
                Link.to(greenlet("b"));
                happened.add(exits.receive().isNormal());
                return exits.receive();
            }
        });
        finish("a");
        crash("b");
        happened.assertHappened(true); // a normal exit is told too
        assertSame(greenlet("b"), trapping.join().greenlet());
        assertInstanceOf(Broken.class, trapping.join().reason().orElseThrow());
    }

    @Test
    void afterTheTrapIsClosedExitsKillAgain() {
        process("a");
        Greenlet<?> greenlet = begin(() -> {
            try (ExitTrap exits = ExitTrap.open()) {
                Link.to(greenlet("a"));
                exits.receiving();
            }
            Weft.sleep(MINUTE);
            return null;
        });
        crash("a");
        assertSame(State.CANCELLED, greenlet.state());
    }

    @Test
    void aKillIsNotTrapped() {
        Greenlet<?> trapping = begin(() -> {
            try (ExitTrap exits = ExitTrap.open()) {
                return exits.receive();
            }
        });
        trapping.kill();
        stepped.runUntilIdle();
        assertSame(State.CANCELLED, trapping.state());
    }

    @Test
    void aGreenletHasOneTrap() {
        run(() -> {
            try (ExitTrap exits = ExitTrap.open()) {
                assertThrows(IllegalStateException.class, ExitTrap::open);
                return exits.toString();
            }
        });
        run(() -> {
            ExitTrap.open().close();
            return "again";
        });
    }

    @Test
    void aTrapEndsWithItsGreenlet() {
        Greenlet<?> trapping = begin(() -> ExitTrap.open().toString());
        Link.between(process("a"), trapping);
        crash("a"); // would be delivered to the trap, or kill: neither has an effect any more
        assertSame(State.RETURNED, trapping.state());
        assertEquals(List.of(), stepped.loop().greenlets());
    }
}
