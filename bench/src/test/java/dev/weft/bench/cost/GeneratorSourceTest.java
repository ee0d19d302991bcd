package dev.weft.bench.cost;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.Weft;
import java.util.Iterator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All sources give the same values, on a platform thread and in a greenlet. */
class GeneratorSourceTest {
    @ParameterizedTest
    @EnumSource(GeneratorSource.class)
    void theValuesAreTheSame(GeneratorSource source) {
        assertValues(source);
        Weft.run(() -> assertValues(source));
    }

    private static void assertValues(GeneratorSource source) {
        Iterator<Long> sequence = source.open();
        for (long i = 0; i < 300; i++) {
            assertTrue(sequence.hasNext());
            assertEquals(i & 127, sequence.next());
        }
    }
}
