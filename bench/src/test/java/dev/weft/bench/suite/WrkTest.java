package dev.weft.bench.suite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.bench.machine.BenchFailure;
import org.junit.jupiter.api.Test;

class WrkTest {
    private static final String REPORT = """
            Running 5s test @ http://127.0.0.1:40000/
              1 threads and 100 connections
              Thread Stats   Avg      Stdev     Max   +/- Stdev
                Latency     1.58ms  203.15us   8.57ms   93.51%
                Req/Sec    63.47k     2.91k   66.10k    92.16%
              321921 requests in 5.10s, 32.24MB read
            Requests/sec:  63121.32
            Transfer/sec:      6.32MB
            """;

    @Test
    void theThroughputIsReadFromTheReport() {
        assertEquals(63_121.32, Wrk.parse(REPORT));
    }

    @Test
    void failedRequestsAreNotMeasured() {
        String failed = REPORT + "  Socket errors: connect 0, read 12, write 0, timeout 0\n";
        BenchFailure failure = assertThrows(BenchFailure.class, () -> Wrk.parse(failed));
        assertTrue(failure.toString().contains("read 12"), failure.toString());
    }
}
