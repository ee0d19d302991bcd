package dev.weft.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ProcessUsageTest {
    @Test
    void readsThroughANameWithSpacesAndParentheses() {
        String stat = "42 (a (bad) name) S 1 42 42 0 -1 4194304 100 0 0 0 150 50 7 8 20 0 3 0 100 1000 25 0";
        String status = "Name:\tx\nVmRSS:\t    2048 kB\nThreads:\t17\n";
        assertEquals(new ProcessUsage(2_000_000_000L, 2L << 20), ProcessUsage.parse(stat, status));
    }

    @Test
    void knowsThisProcess() throws IOException {
        ProcessUsage usage = ProcessUsage.of(ProcessHandle.current().pid());
        assertTrue(usage.cpuNanos() > 0, usage.toString());
    }

    @Test
    void contextSwitchesAreBothKinds() throws IOException {
        String status = "Threads:\t1\nvoluntary_ctxt_switches:\t150\nnonvoluntary_ctxt_switches:\t545\n";
        assertEquals(695, ProcessUsage.parseContextSwitches(status));
        assertTrue(ProcessUsage.contextSwitches(ProcessHandle.current().pid()) != 0);
    }

    @Test
    void idleTimeOfTheMachineIsNotWork() {
        assertEquals(
                (100 + 20 + 30 + 5 + 6 + 7) * 10_000_000L,
                ProcessUsage.parseMachine("cpu  100 20 30 90000 4000 5 6 7 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n"));
    }

    @Test
    void whatPassesPacketsOnIsTheKernelsOwnThread() {
        assertTrue(ProcessUsage.isKernelThread("14 (ksoftirqd/0) S 2 0 0 0 -1 69238848 0 0 0 0 0 801 0 0"));
        assertFalse(ProcessUsage.isKernelThread("42 (2 (java) 2) S 1 42 42 0 -1 4194304 100 0 0 0 150 50 7 8"));
    }
}
