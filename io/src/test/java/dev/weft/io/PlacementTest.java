package dev.weft.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Loop;
import dev.weft.LoopGroup;
import dev.weft.testing.NoGreenletLeaks;
import dev.weft.testing.SteppedLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which loop gets a connection, on a stepped loop that accepts; nothing runs on the loops that serve. */
@ExtendWith(NoGreenletLeaks.class)
final class PlacementTest {
    private static final Duration PATIENCE = Duration.ofMillis(10);

    private final SteppedLoop accepting = SteppedLoop.open();
    private final LoopGroup serving = LoopGroup.open(3);
    private final List<Loop> loops = serving.loops();
    private final Placement placement = new Placement(loops);

    @AfterEach
    void close() {
        accepting.close();
        serving.close();
    }

    /** Records where the server moves it; its loop takes it only when the test says so. */
    private final class Offered extends Placement.Offer {
        private final List<Offered> moves;

        Offered(Placement.Place place, List<Offered> moves) {
            super(place);
            this.moves = moves;
            place.add();
        }

        @Override
        void moveTo(Placement.Place other) {
            place.remove();
            Offered moved = new Offered(other, moves);
            moves.add(moved);
            placement.watch(moved);
        }
    }

    private Offered offer() {
        Offered offered = new Offered(placement.choose(), new ArrayList<>());
        accepting.spawn(() -> placement.watch(offered));
        accepting.runUntilIdle();
        return offered;
    }

    private Loop place() {
        Offered offered = offer();
        assertTrue(offered.take());
        return offered.place.loop;
    }

    private void pass(Duration time) {
        accepting.advance(time);
        accepting.runUntilIdle();
    }

    private List<Integer> connections() {
        return loops.stream().map(placement::connections).toList();
    }

    @Test
    void equalLoopsTakeTurns() {
        List<Loop> chosen = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            Offered offered = offer();
            offered.take();
            offered.place.remove(); // a short connection
            chosen.add(offered.place.loop);
        }
        assertEquals(
                List.of(loops.get(0), loops.get(1), loops.get(2), loops.get(0), loops.get(1), loops.get(2)), chosen);
    }

    @Test
    void theLoopWithTheFewestConnectionsIsChosen() {
        List<Offered> open = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            open.add(offer());
        }
        assertEquals(List.of(3, 3, 3), connections());
        open.get(1).place.remove();
        open.get(4).place.remove();
        assertEquals(loops.get(1), place());
        assertEquals(loops.get(1), place());
        assertEquals(List.of(3, 3, 3), connections());
        open.forEach(Placement.Offer::take);
    }

    @Test
    void anOfferThatIsTakenStays() {
        Offered offered = offer();
        offered.take();
        pass(PATIENCE);
        assertEquals(List.of(), offered.moves);
        assertTrue(offered.take());
    }

    @Test
    void anOfferThatIsNotTakenMovesAfterTenMilliseconds() {
        Offered offered = offer();
        pass(PATIENCE.minusMillis(1));
        assertEquals(List.of(), offered.moves);
        pass(Duration.ofMillis(1));
        assertEquals(1, offered.moves.size());
        assertFalse(offered.take(), "the old loop came too late");
        assertTrue(offered.moves.get(0).take());
        assertEquals(List.of(0, 1, 0), connections());
    }

    @Test
    void aLateLoopGetsNothingUntilItAnswers() {
        Offered late = offer();
        pass(PATIENCE);
        late.moves.get(0).take();
        for (int i = 0; i < 5; i++) {
            assertFalse(place() == late.place.loop);
        }
        assertEquals(List.of(0, 3, 3), connections());
        assertFalse(late.take()); // it answers
        assertEquals(late.place.loop, place());
    }

    @Test
    void anOfferMovesOnUntilALoopAnswers() {
        Offered offered = offer();
        pass(PATIENCE);
        pass(PATIENCE);
        assertEquals(
                List.of(loops.get(1), loops.get(2)),
                offered.moves.stream().map(moved -> moved.place.loop).toList());
        assertTrue(offered.moves.get(1).take());
        pass(PATIENCE);
        assertEquals(2, offered.moves.size());
    }

    @Test
    void whileAllLoopsAreLateAnOfferStaysWhereItIs() {
        Offered offered = offer();
        for (int i = 0; i < 10; i++) {
            pass(PATIENCE);
        }
        assertEquals(2, offered.moves.size());
        assertFalse(offered.take()); // the first loop answers, too late for this offer
        pass(PATIENCE);
        assertEquals(3, offered.moves.size());
        assertEquals(loops.get(0), offered.moves.get(2).place.loop);
        assertTrue(offered.moves.get(2).take());
        assertEquals(List.of(1, 0, 0), connections());
    }

    @Test
    void offersThatAreLeftStay() {
        Offered offered = offer();
        placement.leaveOffers();
        pass(PATIENCE);
        assertEquals(List.of(), offered.moves);
        assertTrue(offered.take());
    }

    @Test
    void nothingIsWatchedOnceAllOffersAreTaken() {
        place();
        pass(PATIENCE);
        assertEquals(List.of(), accepting.loop().greenlets());
        Offered second = offer();
        pass(PATIENCE);
        assertEquals(1, second.moves.size(), "watched again");
        second.moves.get(0).take();
        pass(PATIENCE);
    }

    @Test
    void aLoopThatServesNothingHereHasNoCount() {
        IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> placement.connections(accepting.loop()));
        assertTrue(String.valueOf(e.getMessage()).contains(loops.get(0).name()), e::toString);
    }
}
