package dev.weft.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadResultTest {
    private static LoadResult result(double rate, double achieved, double serverShare, LoadUse load) {
        Latency latency = new Latency(1, 2, 3, 4, 5, List.of(new Latency.Point(50, 1)));
        ServerUse server = new ServerUse(1, serverShare, 1, -1, "not counted", 1, 2, 3);
        return new LoadResult("epoll", "echo", 9, 9, 1, 64, rate, 1, 1, 1, achieved, latency, server, load, 0);
    }

    private static LoadUse use(double cpu, double spin, double lag, double lateness) {
        return new LoadUse(cpu, spin, lag, lateness, 1);
    }

    @Test
    void aClosedLoopThatIsFullOfWorkBesideAFreeServerIsTheLimit() {
        assertTrue(result(0, 100, 0.7, use(0.99, 0, 0, 0)).isLimitedByLoad());
        assertFalse(result(0, 100, 0.99, use(0.99, 0, 0, 0)).isLimitedByLoad());
    }

    @Test
    void timeInWhichItPolledInVainIsNotWork() {
        assertFalse(result(0, 100, 0.7, use(1, 0.3, 0, 0)).isLimitedByLoad());
    }

    @Test
    void aLateUpstreamBesideAFreeServerIsTheLimit() {
        assertTrue(result(0, 100, 0.7, use(1, 0.3, 0, 1.5)).isLimitedByLoad());
    }

    @Test
    void anOpenLoopThatSendsLateIsTheLimitWhateverTheServerDoes() {
        assertTrue(result(100, 100, 0.99, use(1, 0.5, 1.5, 0)).isLimitedByLoad());
        assertFalse(result(100, 100, 0.5, use(1, 0.01, 0.5, 0)).isLimitedByLoad());
    }

    @Test
    void aMissedRateIsTheServersUnlessItHadTimeAndWeHadNot() {
        assertFalse(result(100, 90, 1, use(1, 0, 0, 0)).isLimitedByLoad());
        assertTrue(result(100, 90, 0.6, use(1, 0, 0, 0)).isLimitedByLoad());
    }

    @Test
    void itIsReadBackAsItWasWritten() throws IOException {
        LoadResult result = result(100, 90, 0.6, use(1, 0, 0, 0));
        ObjectMapper mapper = new ObjectMapper();
        assertEquals(result, mapper.readValue(mapper.writeValueAsString(result), LoadResult.class));
    }
}
