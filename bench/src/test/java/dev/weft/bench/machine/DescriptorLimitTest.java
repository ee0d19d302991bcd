package dev.weft.bench.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class DescriptorLimitTest {
    private static final String LIMITS = """
            Limit                     Soft Limit           Hard Limit           Units
            Max processes             127123               127123               processes
            Max open files            1024                 4096                 files
            Max locked memory         65536                65536                bytes
            """;

    @Test
    void takesTheHardLimitToWhichTheJvmRaisesTheSoftOne() {
        assertEquals(new DescriptorLimit(4096), DescriptorLimit.parse(LIMITS));
    }

    @Test
    void unlimitedLeavesTheWishAsItIs() {
        DescriptorLimit limit = DescriptorLimit.parse("Max open files            1024       unlimited      files\n");
        assertEquals(10_000, limit.connections(10_000));
    }

    @Test
    void aLowLimitLowersTheNumberOfConnectionsAndSaysHowToRaiseIt() {
        DescriptorLimit limit = DescriptorLimit.parse(LIMITS);
        int connections = limit.connections(10_000);
        assertTrue(connections < 4096 && connections > 3500, "connections: " + connections);
        String advice = limit.advice(10_000);
        assertTrue(advice.contains("4096") && advice.contains("ulimit -n 10"), advice);
    }

    @Test
    void aSystemThatDoesNotTellHasNoLimit() {
        assertEquals(10_000, DescriptorLimit.parse("").connections(10_000));
    }
}
