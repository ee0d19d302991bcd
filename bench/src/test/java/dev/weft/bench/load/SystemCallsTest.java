package dev.weft.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class SystemCallsTest {
    @Test
    void perfTellsTheCountInItsFirstField() {
        assertEquals(
                OptionalLong.of(4266),
                SystemCalls.Tool.PERF.parse(List.of("begun", "4266,,raw_syscalls:sys_enter,78713029,100.00,,")));
    }

    @Test
    void perfThatMayNotCountIsNoCount() {
        assertEquals(
                OptionalLong.empty(),
                SystemCalls.Tool.PERF.parse(List.of("begun", "<not counted>,,raw_syscalls:sys_enter,0,100.00,,")));
    }

    @Test
    void straceTellsTheTotalLast() {
        assertEquals(
                OptionalLong.of(3189),
                SystemCalls.Tool.STRACE.parse(List.of(
                        "strace: Process 7 attached",
                        "       58 read",
                        "--------- ----------------",
                        "     3189 total")));
    }
}
