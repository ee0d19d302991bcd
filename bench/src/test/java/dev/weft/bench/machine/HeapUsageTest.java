package dev.weft.bench.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HeapUsageTest {
    @Test
    void readsWhatTheSerialCollectorSays() {
        assertEquals((1_024L + 30_000L) << 10, HeapUsage.parse("""
                        4711:
                        DefNew    total 118016K, used 1024K [0x1, 0x2, 0x3)
                          eden space 104960K,   1% used [0x1, 0x2, 0x3)
                        Tenured   total 262144K, used 30000K [0x1, 0x2, 0x3)
                          the  space 262144K,  11% used [0x1, 0x2, 0x3)
                        Metaspace       used 900K, committed 1024K, reserved 1114112K
                          class space    used 80K, committed 128K, reserved 1048576K
                        """));
    }

    @Test
    void readsWhatG1Says() {
        assertEquals(2L << 20, HeapUsage.parse("""
                        garbage-first heap   total reserved 6131712K, committed 393216K, used 2048K [0x1, 0x2)
                          region size 4096K, 1 young (4096K), 0 survivors (0K)
                        Metaspace       used 4900K, committed 5024K, reserved 1114112K
                        """));
    }

    @Test
    void readsWhatZgcSays() {
        assertEquals(22L << 20, HeapUsage.parse(" ZHeap           used 22M, capacity 378M, max capacity 6026M\n"));
    }

    @Test
    void asksALivingJvm() {
        long bytes = HeapUsage.afterCollection(ProcessHandle.current().pid());
        assertTrue(bytes > 100_000, "bytes: " + bytes);
    }
}
