package dev.weft.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SpreadTest {
    @Test
    void medianIsTheMiddleOneOfAnOddNumber() {
        assertEquals(new Spread(2, 1, 9), Spread.of(9, 1, 2));
    }

    @Test
    void medianIsBetweenTheMiddleTwoOfAnEvenNumber() {
        assertEquals(new Spread(2.5, 1, 4), Spread.of(4, 1, 3, 2));
    }

    @Test
    void nothingHasNoSpread() {
        assertThrows(IllegalArgumentException.class, Spread::of);
    }
}
