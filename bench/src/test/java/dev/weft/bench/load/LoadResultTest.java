package dev.weft.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class LoadResultTest {
    private record Load(double cpu, double spin, double lag, double upstreamLag) {}

    private static LoadResult result(double rate, double achieved, double serverShare, Load load) {
        return new LoadResult(
                9,
                rate,
                100,
                achieved,
                1,
                2,
                3,
                1,
                serverShare,
                1,
                1,
                2,
                load.cpu(),
                load.spin(),
                load.lag(),
                load.upstreamLag(),
                1,
                0);
    }

    @Test
    void aClosedLoopThatIsFullOfWorkBesideAFreeServerIsTheLimit() {
        assertTrue(result(0, 100, 0.7, new Load(0.99, 0, 0, 0)).isLimitedByLoad());
        assertFalse(result(0, 100, 0.99, new Load(0.99, 0, 0, 0)).isLimitedByLoad());
    }

    @Test
    void timeInWhichItPolledInVainIsNotWork() {
        assertFalse(result(0, 100, 0.7, new Load(1, 0.3, 0, 0)).isLimitedByLoad());
    }

    @Test
    void aLateUpstreamBesideAFreeServerIsTheLimit() {
        assertTrue(result(0, 100, 0.7, new Load(1, 0.3, 0, 1.5)).isLimitedByLoad());
    }

    @Test
    void anOpenLoopThatSendsLateIsTheLimitWhateverTheServerDoes() {
        assertTrue(result(100, 100, 0.99, new Load(1, 0.5, 1.5, 0)).isLimitedByLoad());
        assertFalse(result(100, 100, 0.5, new Load(1, 0.01, 0.5, 0)).isLimitedByLoad());
    }

    @Test
    void aMissedRateIsTheServersUnlessItHadTimeAndWeHadNot() {
        assertFalse(result(100, 90, 1, new Load(1, 0, 0, 0)).isLimitedByLoad());
        assertTrue(result(100, 90, 0.6, new Load(1, 0, 0, 0)).isLimitedByLoad());
    }

    @Test
    void itIsReadBackAsItWasWritten() throws IOException {
        LoadResult result = result(100, 90, 0.6, new Load(1, 0, 0, 0));
        ObjectMapper mapper = new ObjectMapper();
        assertEquals(result, mapper.readValue(mapper.writeValueAsString(result), LoadResult.class));
    }
}
