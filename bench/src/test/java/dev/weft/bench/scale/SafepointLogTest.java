package dev.weft.bench.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafepointLogTest {
    @Test
    void readsWhatTheJvmWrites() {
        List<SafepointLog.Stop> stops = SafepointLog.parse("""
                some other line
                [807996297ns] Safepoint "G1CollectForAllocation", Time since last: 774557401 ns, Reaching safepoint: 3256 ns, \
                At safepoint: 12802906 ns, Leaving safepoint: 7895 ns, Total: 12814057 ns, Threads: 0 runnable, 10 total
                [908000000ns] Safepoint "ThreadDump", Time since last: 774557401 ns, Reaching safepoint: 3256 ns, \
                At safepoint: 906 ns, Leaving safepoint: 7895 ns, Total: 12057 ns, Threads: 0 runnable, 10 total
                """.lines());
        assertEquals(
                List.of(
                        new SafepointLog.Stop(807_996_297, "G1CollectForAllocation", 12_814_057),
                        new SafepointLog.Stop(908_000_000, "ThreadDump", 12_057)),
                stops);
        assertTrue(stops.get(0).isCollection());
        assertFalse(stops.get(1).isCollection());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "G1PauseRemark",
                "G1CollectFull",
                "ParallelCollectForAllocation",
                "ParallelGCCollect",
                "SerialCollectForAllocation",
                "SerialGCCollect",
                "ZMarkEndYoung",
                "ZRelocateStartOld"
            })
    void knowsTheCollectorsOperations(String why) {
        assertTrue(new SafepointLog.Stop(0, why, 0).isCollection());
    }
}
